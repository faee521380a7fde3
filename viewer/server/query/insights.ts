/**
 * Insights over what is kept. What a trace says is found once and remembered; that is done a little at a time, since spans
 * keep coming.
 */
import type { InsightList } from '../../model/api.js'
import type { Evidence, Found } from '../../model/insights/evidence.js'
import { evidenceOf, insightsOf } from '../../model/insights/index.js'
import type { Store } from '../store/store.js'
import type { KeptTrace } from '../store/trace.js'
import { selected, type RangeQuery } from './range.js'

/** At a time, ms. */
const SLICE = 20
/** A parent finishes after its children, and comes from another process perhaps seconds later, ms. */
const SETTLED = 10_000

/** @param now epoch ms */
export async function insights(store: Store, query: RangeQuery, now = Date.now()): Promise<InsightList> {
  const { traces } = selected(store, query)
  const found: Found[] = []
  let end = performance.now() + SLICE
  for (const trace of traces) {
    for (const one of evidenceIn(trace, store)) if (counts(one, trace, query, now)) found.push(one)
    if (performance.now() < end) continue
    await new Promise((resolve) => setImmediate(resolve))
    end = performance.now() + SLICE
  }
  return { insights: insightsOf(found.reverse()) }
}

function evidenceIn(trace: KeptTrace, store: Store): Evidence {
  if (trace.evidence !== undefined) return trace.evidence
  const evidence = evidenceOf(trace.whole())
  store.remember(trace, evidence)
  return evidence
}

function counts(found: Found, trace: KeptTrace, { service }: RangeQuery, now: number): boolean {
  if (service !== undefined && found.service !== service) return false
  return found.kind !== 'missing-parent' || now - trace.lastArrival >= SETTLED
}
