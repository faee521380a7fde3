/**
 * What traces say beyond themselves: one file a kind of insight, all pure.
 */
import type { Insight } from '../api.js'
import type { Trace } from '../trace.js'
import type { Detector, Evidence, Found } from './evidence.js'
import { missingParent } from './missing-parent.js'
import { nPlusOne } from './n-plus-one.js'
import { poolWait } from './pool-wait.js'
import { repeatedQuery } from './repeated-query.js'
import { serialCalls } from './serial-calls.js'
import { slowQuery } from './slow-query.js'
import { viewOf } from './view.js'

const DETECTORS: readonly Detector[] = [nPlusOne, slowQuery, repeatedQuery, serialCalls, poolWait, missingParent]

/** A trace may be of any size. */
const MOST_OF_A_KIND = 20

/** What a trace says. */
export function evidenceOf(trace: Trace): Evidence {
  const view = viewOf(trace)
  return DETECTORS.flatMap((detector) => detector.look(view).slice(0, MOST_OF_A_KIND))
}

/** What many traces say together; the dearest first. */
export function insightsOf(evidence: Iterable<Found>): Insight[] {
  const found = new Map<Detector['kind'], Found[]>(DETECTORS.map(({ kind }) => [kind, []]))
  for (const one of evidence) found.get(one.kind)?.push(one)
  const insights = DETECTORS.flatMap((detector) => detector.conclude(found.get(detector.kind) ?? []))
  return insights.sort((a, b) => b.cost * b.count - a.cost * a.count)
}
