/**
 * The traces of a stretch of time.
 */
import type { Store } from '../store/store.js'
import type { KeptTrace } from '../store/trace.js'
import type { Range } from './latency.js'

/** Parameters that several questions share. */
export interface RangeQuery {
  readonly service?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface Selection {
  readonly range: Range
  readonly traces: readonly KeptTrace[]
}

/** The traces that began in the time asked for, which without a bound goes as far as there are any. */
export function selected(store: Store, { from = -Infinity, to = Infinity }: RangeQuery): Selection {
  const traces = store.newest().filter(({ summary: { start } }) => start >= from && start <= to)
  const start = traces.at(-1)?.summary.start ?? 0
  const end = traces.reduce((end, { summary }) => Math.max(end, summary.start + summary.duration), start)
  return { range: { from: Number.isFinite(from) ? from : start, to: Number.isFinite(to) ? to : end }, traces }
}
