/**
 * Client spans that wait for a body which nobody reads.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it, mock } from 'node:test'
import { linger } from '../../src/tracer/lingerers.js'
import type { Span } from '../../src/tracer/span.js'
import { recordingCore } from '../support/tracer.js'

/** ms. */
let now = 0
mock.method(performance, 'now', () => now)
mock.timers.enable({ apis: ['setInterval'] })

function pass(ms: number): void {
  now += ms
  mock.timers.tick(ms)
}

describe('a client span whose body is not read', () => {
  const { tracer, records } = recordingCore()
  const names = (): string[] => records.map(({ name }) => name)
  const start = (name: string, above?: Span): Span => tracer.start(name, above?.context(), 'client', 'http')

  beforeEach(() => {
    records.length = 0
  })

  it('ends after a while, where its response began', () => {
    const root = start('root')
    const waiting = start('waiting', root)
    pass(100)
    linger(waiting)
    pass(4000)
    assert.deepEqual(names(), [])
    pass(10_000)
    assert.deepEqual(names(), ['waiting'])
    const [{ start: began, end } = { start: 0, end: 0 }] = records
    assert.equal(Math.round(end - began), 100)
    root.finish()
  })

  it('ends the others of its trace with it, where it is the root', () => {
    const root = start('root')
    const [first, second] = [start('first', root), start('second', root)]
    linger(root)
    pass(4000)
    linger(first)
    linger(second)
    pass(4000)
    assert.deepEqual(names().sort(), ['first', 'root', 'second'])
    pass(20_000)
    assert.equal(records.length, 3)
  })

  it('ends where its response began, whichever other traces have come and gone', () => {
    const roots = ['a', 'b', 'c', 'd'].map((name) => start(name))
    const spans = roots.map((root) => start(`below ${root.name}`, root))
    spans.forEach((span) => linger(span))
    for (const gone of [1, 3]) {
      spans[gone]?.finish()
      roots[gone]?.finish()
    }
    assert.deepEqual(names(), ['below b', 'b', 'below d', 'd'])
    const late = start('late', roots[0])
    linger(late)
    pass(10_000)
    assert.deepEqual(names().slice(4).sort(), ['below a', 'below c', 'late'])
    for (const left of [0, 2]) roots[left]?.finish()
    pass(20_000)
    assert.equal(records.length, 9)
  })

  it('waits on beside one that has waited long enough', () => {
    const root = start('root')
    const [old, young] = [start('old', root), start('young', root)]
    linger(old)
    pass(4000)
    linger(young)
    pass(4000)
    assert.deepEqual(names(), ['old'])
    young.finish()
    root.finish()
    assert.deepEqual(names(), ['old', 'young', 'root'])
  })
})
