/**
 * The list of traces: what the server found, and what has arrived since.
 */
import { batch, computed, effect, signal } from '@preact/signals'
import type { TraceList, TraceQuery, TraceSummary } from '../../model/api.js'
import { queryOf } from '../../model/query.js'
import { address } from './address.js'
import { ask } from './ask.js'
import { isConnected, onTraces } from './live.js'

/** The first answer is small, so that it is here at once; the rest follows. */
const FIRST = 300
const MORE = 3000
/** Beyond that a list is no help. */
const MOST = 20_000
/** With a filter the server has to be asked what of the new fits, at most so often, in ms. */
const PAUSE = 800
/** The server leaves out some of so many at a time; it has to be asked for them, too. */
const FLOOD = 200

export const query = computed<TraceQuery>(() => queryOf(address.value.params))
const question = computed(() => (isList(address.value.path) ? JSON.stringify(query.value) : undefined))
export const isFiltered = computed(() => Object.keys(query.value).length > 0)

export const traces = signal<readonly TraceSummary[]>([])
export const total = signal(0)
export const isLoading = signal(true)
export const problem = signal<string | undefined>(undefined)
export const isPaused = signal(false)
/** Arrived while paused. */
export const held = signal<ReadonlyMap<string, TraceSummary>>(new Map())
/** Arrived since the list was loaded, to be marked. */
export const fresh = signal<ReadonlySet<string>>(new Set())

let abort = new AbortController()
let timer: number | undefined
let wasLost = false
/** Told while an answer was under way, which may not know of them. */
let meanwhile = new Map<string, TraceSummary>()

export function isList(path: readonly string[]): boolean {
  return path.length === 0 || path[0] === 'traces'
}

effect(() => {
  if (question.value !== undefined) void load(false)
})
effect(() => {
  // What was told while the connection was down is known to the server alone.
  if (isConnected.value === true && wasLost && question.peek() !== undefined) void load(true)
  wasLost = isConnected.value === false
})
onTraces((arrived) => {
  if (isPaused.value) held.value = new Map([...held.value, ...arrived.map((trace) => [trace.id, trace] as const)])
  else take(arrived)
})

export function resume(): void {
  const arrived = [...held.value.values()]
  batch(() => {
    isPaused.value = false
    held.value = new Map()
    take(arrived)
  })
}

/**
 * Asks the server anew. What is shown stays until the answer is here.
 *
 * @param isAgain the same question: what is shown is completed, not replaced
 */
async function load(isAgain: boolean): Promise<void> {
  if (!isAgain) {
    abort.abort()
    abort = new AbortController()
    isLoading.value = true
    meanwhile = new Map()
  }
  const { signal } = abort
  const asked = query.peek()
  try {
    const first = await ask.traces({ ...asked, limit: FIRST }, signal)
    show(isAgain ? merged(first.traces, traces.peek()) : first.traces, first.total)
    insert([...meanwhile.values()])
    if (!isAgain) await loadRest(asked, first, signal)
  } catch (error) {
    if (signal.aborted) return
    batch(() => {
      problem.value = (error as Error).message
      isLoading.value = false
    })
  }
}

async function loadRest(asked: TraceQuery, { traces: found, total }: TraceList, signal: AbortSignal): Promise<void> {
  let before = found.at(-1)?.id
  for (let count = found.length; before !== undefined && count < Math.min(total, MOST);) {
    const { traces: more } = await ask.traces({ ...asked, limit: MORE, before }, signal)
    traces.value = merged(traces.peek(), more)
    count += more.length
    before = more.at(-1)?.id
  }
}

function show(found: readonly TraceSummary[], all: number): void {
  batch(() => {
    traces.value = found
    total.value = Math.max(all, found.length)
    isLoading.value = false
    problem.value = undefined
  })
}

/** Others at the end, unless they are there already. */
function merged(shown: readonly TraceSummary[], others: readonly TraceSummary[]): TraceSummary[] {
  const ids = new Set(shown.map(({ id }) => id))
  return [...shown, ...others.filter(({ id }) => !ids.has(id))]
}

function take(arrived: readonly TraceSummary[]): void {
  if (question.peek() === undefined) return
  if (isFiltered.peek() || arrived.length >= FLOOD) timer ??= window.setTimeout(renew, PAUSE)
  else {
    for (const trace of arrived) meanwhile.set(trace.id, trace)
    insert(arrived)
  }
}

function renew(): void {
  timer = undefined
  if (!isPaused.peek() && question.peek() !== undefined) void load(true)
}

/** The new ones at the top; those that are there already are replaced in their place. */
function insert(arrived: readonly TraceSummary[]): void {
  if (arrived.length === 0) return
  const latest = new Map(arrived.map((trace) => [trace.id, trace]))
  const old = traces.peek().map((trace) => {
    const again = latest.get(trace.id)
    latest.delete(trace.id)
    return again ?? trace
  })
  const added = [...latest.values()].reverse()
  batch(() => {
    traces.value = [...added, ...old].slice(0, MOST)
    total.value += added.length
    if (added.length > 0) fresh.value = new Set(added.map(({ id }) => id))
  })
}
