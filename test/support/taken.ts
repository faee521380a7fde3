/**
 * What the viewer's decoders make of what they are given.
 */
import assert from 'node:assert/strict'
import { Intake } from '../../viewer/server/formats/intake.js'
import type { Arrivals, KeptSpan } from '../../viewer/server/store/kept.js'

export function taken(read: (intake: Intake) => unknown): Arrivals {
  const intake = new Intake()
  read(intake)
  return intake.take()
}

/** All but what depends on the order in which texts came. */
export function told({ spans, refused }: Arrivals): unknown {
  return JSON.parse(
    JSON.stringify({
      refused,
      spans: spans.map(({ traceId, span }) => ({ traceId, ...span, size: 0 })),
    }),
  )
}

export function only(arrivals: Arrivals): KeptSpan {
  assert.equal(arrivals.spans.length, 1)
  return (arrivals.spans[0] as Arrivals['spans'][number]).span
}
