/**
 * A tracer in this process that keeps what it records.
 */
import { parseConfig } from '../../src/config/load.js'
import type { Core } from '../../src/hooks/kit.js'
import { Composite } from '../../src/propagation/composite.js'
import { carriers } from '../../src/propagation/carriers.js'
import { constant } from '../../src/sampling/sampler.js'
import { Sampling } from '../../src/tracer/context.js'
import type { SpanRecord } from '../../src/tracer/record.js'
import { Tracer } from '../../src/tracer/tracer.js'

/** @param sampling what its sampler says of every span */
export function recordingCore(sampling: Sampling = Sampling.Accepted): Core & { readonly records: SpanRecord[] } {
  const records: SpanRecord[] = []
  const propagation = new Composite([])
  const tracer = new Tracer({
    sampler: constant({ sampling }),
    sink: { add: (record) => records.push(record) },
    carriers: carriers(propagation),
    limits: { tags: 128, valueLength: 4096, logs: 128, links: 128 },
  })
  return { tracer, propagation, options: parseConfig({}, []), records }
}
