/**
 * What the server tells by itself: traces as they grow, and how full it is. Traces come in bundles, so that the page is
 * painted a few times a second however many arrive.
 */
import { signal } from '@preact/signals'
import type { Status, TraceSummary } from '../../model/api.js'
import { ask, LIVE } from './ask.js'

export type Listener = (traces: readonly TraceSummary[]) => void

/** Between two bundles, in ms: often enough to look alive, seldom enough to be read. */
const BUNDLE = 250

export const status = signal<Status | undefined>(undefined)
export const isConnected = signal<boolean | undefined>(undefined)

const listeners = new Set<Listener>()
let bundle = new Map<string, TraceSummary>()
let timer: number | undefined

/** @returns what ends it */
export function onTraces(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function connect(): void {
  const source = new EventSource(LIVE)
  source.addEventListener('open', () => {
    isConnected.value = true
    void ask.status().then(
      (told) => (status.value = told),
      () => undefined,
    )
  })
  source.addEventListener('error', () => (isConnected.value = false))
  source.addEventListener('status', ({ data }: MessageEvent<string>) => (status.value = JSON.parse(data) as Status))
  source.addEventListener('trace', ({ data }: MessageEvent<string>) => {
    const trace = JSON.parse(data) as TraceSummary
    // The latest word about a trace counts, at the place of the first.
    bundle.set(trace.id, trace)
    timer ??= window.setTimeout(deliver, BUNDLE)
  })
  window.addEventListener('pagehide', () => source.close())
}

function deliver(): void {
  const traces = [...bundle.values()]
  bundle = new Map()
  timer = undefined
  for (const listener of listeners) listener(traces)
}
