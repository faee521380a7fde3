/**
 * Questions to the viewer's server; see viewer/model/api.ts.
 */
import type {
  EndpointList,
  InsightList,
  Opened,
  ServiceList,
  ServiceMap,
  Status,
  TraceAnswer,
  TraceList,
  TraceQuery,
} from '../../model/api.js'
import { paramsOf } from '../../model/query.js'

/** Beside the page, whatever it is served below. */
const API = new URL('./api/', document.baseURI)

export interface Window {
  readonly service?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export const ask = {
  traces: (query: TraceQuery, signal?: AbortSignal) => get<TraceList>(`traces?${paramsOf(query)}`, signal),
  trace: (id: string, signal?: AbortSignal) => get<TraceAnswer>(`traces/${encodeURIComponent(id)}`, signal),
  services: (signal?: AbortSignal) => get<ServiceList>('services', signal),
  endpoints: (window: Window, signal?: AbortSignal) => get<EndpointList>(`endpoints?${windowed(window)}`, signal),
  map: (window: Window, signal?: AbortSignal) => get<ServiceMap>(`map?${windowed(window)}`, signal),
  insights: (window: Window, signal?: AbortSignal) => get<InsightList>(`insights?${windowed(window)}`, signal),
  status: (signal?: AbortSignal) => get<Status>('status', signal),
  open: (file: Blob) => request<Opened>('open', { method: 'POST', body: file }),
}

export const LIVE = new URL('live', API).href

function windowed({ service, from, to }: Window): string {
  const params = new URLSearchParams()
  if (service !== undefined && service !== '') params.set('service', service)
  if (from !== undefined) params.set('from', String(from))
  if (to !== undefined) params.set('to', String(to))
  return params.toString()
}

function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return request<Answer>(path, signal === undefined ? {} : { signal })
}

/** @throws Error with the server's own words, or that there is no server */
async function request<Answer>(path: string, options: RequestInit): Promise<Answer> {
  const response = await fetch(new URL(path, API), options).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Error('the viewer does not answer: is it still running?', { cause: error })
  })
  if (response.ok) return (await response.json()) as Answer
  const answer: unknown = await response.json().catch(() => undefined)
  throw new Refused(response.status, reasonIn(answer) ?? `refused with status ${response.status}`)
}

export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function reasonIn(answer: unknown): string | undefined {
  const { error } = Object(answer) as { readonly error?: unknown }
  return typeof error === 'string' ? error : undefined
}
