import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findingsOf } from '../../../viewer/model/findings.js'
import { correctionFor } from '../../../viewer/model/skew.js'
import { buildTree, type Tree } from '../../../viewer/model/tree.js'
import { traceOf, traceOn, type Sketch } from '../../support/traces.js'

/** A call to a service whose clock is off by `skew` ms. */
function calling(skew: number, more: readonly Sketch[] = []): Tree {
  return buildTree(
    traceOf({
      name: 'GET',
      kind: 'client',
      at: 0,
      took: 100,
      children: [
        {
          name: 'serve',
          service: 'stock',
          kind: 'server',
          at: 20 + skew,
          took: 60,
          children: [{ name: 'query', at: 30 + skew, took: 10 }],
        },
        ...more,
      ],
    }),
  )
}

describe('a clock that is off', () => {
  it('is left alone where every call fits as it is', () => {
    assert.deepEqual(calling(0).corrections, [])
    assert.deepEqual(calling(19).corrections, [])
  })

  it('is corrected by no more than it must be where it is off by little', () => {
    const { corrections, nodes } = calling(30)
    assert.deepEqual(
      corrections.map(({ process, by }) => [process.service, Math.round(by)]),
      [['stock', -10]],
    )
    assert.deepEqual(
      nodes.map(({ start }) => Math.round(start)),
      [0, 40, 50],
    )
  })

  it('has its calls put into the middle of their callers where it is far off', () => {
    const { nodes, duration } = calling(3_600_000)
    assert.deepEqual(
      nodes.map(({ start }) => Math.round(start)),
      [0, 20, 30],
    )
    assert.equal(duration, 100)
  })

  it('is none on the host of its caller, who has the same clock', () => {
    const hosts = { shop: 'box', stock: 'box' }
    const late = { name: 'serve', service: 'stock', at: 20, took: 90 }
    const tree = buildTree(traceOn(hosts, { name: 'GET', kind: 'client', at: 0, took: 100, children: [late] }))
    assert.deepEqual(tree.corrections, [])
    assert.deepEqual(
      findingsOf(tree).map(({ kind }) => kind),
      ['outlives'],
    )
  })

  it('is told', () => {
    const [finding] = findingsOf(calling(-3_600_000))
    assert.equal(finding?.kind, 'clock')
    assert.match(finding.text, /^The clock of stock is 3600 s behind; its spans are shown corrected\.$/)
  })

  it('is judged by all calls of the process: one that was not waited for does not prove it wrong', () => {
    const fits = { parent: { start: 0, end: 100 }, child: { start: 5, end: 95 }, waits: true }
    const late = { parent: { start: 0, end: 20 }, child: { start: 15, end: 30 }, waits: true }
    assert.equal(correctionFor([fits, fits, late]), 0)
    assert.notEqual(correctionFor([late]), 0)
  })

  it('is not doubted because a consumer works after its producer', () => {
    const message = { parent: { start: 0, end: 1 }, child: { start: 500, end: 900 }, waits: false }
    assert.equal(correctionFor([message]), 0)
  })

  it('is not doubted because a callee goes on after its caller has given up', () => {
    assert.equal(correctionFor([{ parent: { start: 0, end: 10 }, child: { start: 1, end: 500 }, waits: true }]), 0)
  })
})

describe('findings', () => {
  it('name spans that ended after the one that started them', () => {
    const tree = buildTree(
      traceOf({ name: 'parent', at: 0, took: 10, children: [{ name: 'fire and forget', at: 5, took: 50 }] }),
    )
    const [finding] = findingsOf(tree)
    assert.equal(finding?.kind, 'outlives')
    assert.deepEqual(
      finding.nodes.map(({ span }) => span.name),
      ['fire and forget'],
    )
  })

  it('do not count the moment that a server needs to know that its answer has gone', () => {
    const serve = (took: number): Sketch => ({ name: 'serve', service: 'stock', at: 20, took })
    const kinds = (took: number): string[] =>
      findingsOf(
        buildTree(traceOn({ shop: 'box', stock: 'box' }, { name: 'GET', at: 0, took: 100, children: [serve(took)] })),
      ).map(({ kind }) => kind)
    assert.deepEqual(kinds(81), [])
    assert.deepEqual(kinds(83), ['outlives'])
  })

  it('name spans without their parent, several roots, and what was not kept', () => {
    const trace = traceOf(
      { name: 'one', at: 0, took: 10 },
      { name: 'two', at: 1, took: 10 },
      { name: 'orphan', at: 2, took: 1, parentId: 'ffffffffffffffff' },
    )
    assert.deepEqual(
      findingsOf(buildTree({ ...trace, droppedSpans: 7 })).map(({ text }) => text),
      [
        '1 span names a parent that has not arrived.',
        'The trace has 2 roots.',
        '7 spans arrived beyond what is kept of one trace.',
      ],
    )
  })

  it('are none of a trace that is as it should be', () => {
    assert.deepEqual(findingsOf(calling(0)), [])
  })
})
