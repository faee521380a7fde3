/**
 * What of a URL is the place, and what is a value.
 */
import { textOf } from '../text.js'
import type { Span } from '../trace.js'

/** A piece of a path that names one thing among many: a number, or something with digits that is long enough. */
const ID = /^\d+$|^(?=.*\d)[\w.,~%-]{6,}$/
/** Parameters by which one answer leads to the next question. */
const LEADING = /(^|[?&])(page|cursor|offset|after|before|token|next|start|skip|from|since|continuation)[\w-]*=/i

/** The URL with `*` for ids and without its query. */
export function patternOf(url: string): string {
  const [, host = '', path = ''] = /^(?:\w+:\/\/)?([^/?#]*)([^?#]*)/.exec(url) ?? []
  return (
    host +
    path
      .split('/')
      .map((piece) => (ID.test(piece) ? '*' : piece))
      .join('/')
  )
}

/** Whether a URL asks for a part of a list, such as the next page. */
export function leadsOn(url: string): boolean {
  return LEADING.test(url.slice(url.indexOf('?') + 1))
}

/** The ids in a URL's path and the values in its query. */
export function valuesIn(url: string): Set<string> {
  const [place = '', query = ''] = url.replace(/^\w+:\/\/[^/]*/, '').split('?', 2)
  const values = place.split('/').filter((piece) => ID.test(piece))
  for (const pair of query.split('&')) values.push(pair.slice(pair.indexOf('=') + 1))
  return new Set(values.map(decoded).filter((value) => value !== '' && value !== 'REDACTED'))
}

/** The path and query that a server's span tells. */
export function pathOf({ tags }: Span): string | undefined {
  const path = tags['url.path'] ?? tags['http.target'] ?? tags['http.path']
  const query = tags['url.query']
  return path === undefined ? undefined : `${textOf(path)}${query === undefined ? '' : `?${textOf(query)}`}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
