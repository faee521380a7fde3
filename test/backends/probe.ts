/**
 * A script that tells of everything a span can hold, and ends at once: what it told goes out while it dies.
 */
import type { Tracer } from 'opentracing'

/** Runs in a process of its own. */
export function probe(home: string, note: string): void {
  const { tracer } = require(`${home}/dist/src/index.js`) as { tracer: Tracer }
  const { followsFrom } = require('opentracing') as typeof import('opentracing')
  const top = tracer.startSpan('probe', {
    tags: {
      'probe.text': 'grüße ✓ 🚀',
      'probe.whole': 42,
      'probe.fraction': 0.5,
      'probe.yes': true,
      'probe.no': false,
    },
  })
  top.setTag('probe.negative', -7).setTag('probe.quoted', '"\\\n\t<&>').setTag('probe.long', 'x'.repeat(4000))
  const failed = tracer.startSpan('Failing Work', { childOf: top, tags: { 'probe.step': 1 } })
  failed.log({ event: 'error', 'error.kind': 'TypeError', message: note })
  failed.setTag('error', true).finish()
  const sent = tracer.startSpan('publish', { childOf: top, tags: { 'span.kind': 'producer' } })
  sent.finish()
  const received = tracer.startSpan('receive', { childOf: top, references: [followsFrom(sent.context())] })
  received.setTag('span.kind', 'consumer').log({ event: 'first' }).log({ event: 'second' })
  received.finish()
  for (let i = 0; i < 300; i++) tracer.startSpan(`step ${i % 10}`, { childOf: top, tags: { 'probe.step': i } }).finish()
  top.finish()
  process.exit()
}
