/**
 * A search as the parameters of an address, and back: the page's own address and the server's speak alike.
 */
import type { TraceQuery } from './api.js'

const TEXTS = ['service', 'operation', 'text', 'before'] as const
const NUMBERS = ['minDuration', 'maxDuration', 'from', 'to', 'limit'] as const

export function paramsOf(query: TraceQuery): URLSearchParams {
  const params = new URLSearchParams()
  const put = (key: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') params.append(key, String(value))
  }
  for (const key of TEXTS) put(key, query[key])
  for (const tag of query.tag ?? []) put('tag', tag)
  put('status', query.status)
  for (const key of NUMBERS) put(key, query[key])
  return params
}

/** What is no query, or not of its kind, is left out. */
export function queryOf(params: URLSearchParams): TraceQuery {
  const text = Object.fromEntries(TEXTS.flatMap((key) => (params.get(key) ? [[key, params.get(key) as string]] : [])))
  const numbers = NUMBERS.flatMap((key) => {
    const value = Number(params.get(key) || NaN)
    return Number.isFinite(value) ? [[key, value] as const] : []
  })
  const tag = params.getAll('tag').filter(Boolean)
  const status = params.get('status')
  return {
    ...text,
    ...Object.fromEntries(numbers),
    ...(tag.length > 0 && { tag }),
    ...((status === 'ok' || status === 'error') && { status }),
  }
}
