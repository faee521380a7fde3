/**
 * The page's state is its address: `#/trace/<id>?q=redis&fold=2`. What is after the hash needs nothing of the server.
 */
import { signal } from '@preact/signals'

interface Address {
  readonly path: readonly string[]
  readonly params: URLSearchParams
}

/** A parameter's new value; undefined or '' removes it. */
export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** Browsers refuse addresses that change too often: in the course of a drag, the bar follows after so many ms. */
const SETTLING = 150

export const address = signal(read())

let timer: number | undefined
let lastWritten = -Infinity

window.addEventListener('hashchange', () => {
  window.clearTimeout(timer)
  timer = undefined
  address.value = read()
})

function read(): Address {
  const [path = '', query = ''] = window.location.hash.replace(/^#\/?/, '').split('?', 2)
  return { path: path.split('/').filter(Boolean).map(decoded), params: new URLSearchParams(query) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A link to a place of the page. */
export function href(path: readonly string[], params: Params = {}): string {
  return written({ path, params: changed(new URLSearchParams(), params) })
}

/** Goes elsewhere; the browser's back button leads here again. */
export function go(path: readonly string[], params: Params = {}): void {
  flush()
  window.location.hash = href(path, params)
}

/** Changes parameters of the place where we are; no new entry in the history. */
export function set(params: Params): void {
  const { path, params: old } = address.value
  address.value = { path, params: changed(new URLSearchParams(old), params) }
  window.clearTimeout(timer)
  timer = window.setTimeout(flush, SETTLING)
  if (performance.now() - lastWritten > SETTLING) flush()
}

function flush(): void {
  if (timer === undefined) return
  window.clearTimeout(timer)
  timer = undefined
  lastWritten = performance.now()
  window.history.replaceState(null, '', written(address.value))
}

function written({ path, params }: Address): string {
  const query = params.toString()
  return `#/${path.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

function changed(params: URLSearchParams, changes: Params): URLSearchParams {
  for (const [key, value] of Object.entries(changes)) {
    params.delete(key)
    for (const one of [value].flat()) if (one !== undefined && one !== '') params.append(key, String(one))
  }
  return params
}

/** A parameter of the place where we are; '' if it is not given. */
export function param(key: string): string {
  return address.value.params.get(key) ?? ''
}

/** As {@link param}, where it is a number. */
export function numberParam(key: string): number | undefined {
  const value = Number.parseFloat(param(key))
  return Number.isFinite(value) ? value : undefined
}
