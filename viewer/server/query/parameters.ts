/**
 * The parameters of questions.
 */
import type { TraceQuery } from '../../model/api.js'
import { Refusal } from '../http/body.js'
import type { RangeQuery } from './range.js'

const MOST_TAGS = 20
const LONGEST = 1000

/** @throws Refusal where a value cannot be meant */
export function traceQueryOf(url: URLSearchParams): TraceQuery {
  const status = text(url, 'status')
  if (status !== undefined && status !== 'ok' && status !== 'error') throw new Refusal(400, 'status is ok or error')
  const tag = url.getAll('tag').filter((one) => one !== '')
  if (tag.length > MOST_TAGS) throw new Refusal(400, `more than ${MOST_TAGS} tags`)
  return defined({
    ...rangeQueryOf(url),
    operation: text(url, 'operation'),
    tag,
    status,
    minDuration: number(url, 'minDuration'),
    maxDuration: number(url, 'maxDuration'),
    text: text(url, 'text'),
    limit: number(url, 'limit'),
    before: text(url, 'before'),
  })
}

/** @throws Refusal where a value cannot be meant */
export function rangeQueryOf(url: URLSearchParams): RangeQuery {
  return { service: text(url, 'service'), from: number(url, 'from'), to: number(url, 'to') }
}

function text(url: URLSearchParams, name: string): string | undefined {
  const value = url.get(name) ?? ''
  if (value.length > LONGEST) throw new Refusal(400, `${name} is too long`)
  return value === '' ? undefined : value
}

function number(url: URLSearchParams, name: string): number | undefined {
  const value = text(url, name)
  if (value === undefined) return undefined
  const number = Number(value)
  if (!Number.isFinite(number) || number < 0) throw new Refusal(400, `${name} is not a number of at least 0`)
  return number
}

type Defined<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> }

function defined<T extends object>(object: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<Defined<T>>
}
