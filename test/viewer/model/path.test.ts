import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { criticalPath, timeOnPath } from '../../../viewer/model/critical-path.js'
import { flamesOf } from '../../../viewer/model/flame.js'
import { heldUp } from '../../../viewer/model/held-up.js'
import { statisticsOf } from '../../../viewer/model/statistics.js'
import { ticks } from '../../../viewer/model/ticks.js'
import { buildTree } from '../../../viewer/model/tree.js'
import type { Runtime } from '../../../viewer/model/trace.js'
import { BEGIN, traceOf, type Sketch } from '../../support/traces.js'

function pathOf(...roots: Sketch[]): (string | number)[][] {
  return criticalPath(buildTree(traceOf(...roots))).map(({ node, start, end }) => [node.span.name, start, end])
}

describe('the critical path', () => {
  it('follows from the end whoever ended last', () => {
    assert.deepEqual(
      pathOf({
        name: 'root',
        at: 0,
        took: 100,
        children: [
          { name: 'quick', at: 10, took: 20 },
          { name: 'slow', at: 10, took: 70, children: [{ name: 'query', at: 20, took: 30 }] },
        ],
      }),
      [
        ['root', 0, 10],
        ['slow', 10, 20],
        ['query', 20, 50],
        ['slow', 50, 80],
        ['root', 80, 100],
      ],
    )
  })

  it('goes through calls one after the other, each of them in turn', () => {
    assert.deepEqual(
      pathOf({
        name: 'root',
        at: 0,
        took: 30,
        children: [
          { name: 'first', at: 0, took: 10 },
          { name: 'second', at: 12, took: 18 },
        ],
      }),
      [
        ['first', 0, 10],
        ['root', 10, 12],
        ['second', 12, 30],
      ],
    )
  })

  it('counts a child that outlives its parent until the end of the parent', () => {
    assert.deepEqual(
      pathOf({
        name: 'root',
        at: 0,
        took: 20,
        children: [{ name: 'late', at: 5, took: 100, children: [{ name: 'deep', at: 6, took: 90 }] }],
      }),
      [
        ['root', 0, 5],
        ['late', 5, 6],
        ['deep', 6, 20],
      ],
    )
  })

  it('is as long as the longest root, whatever is below it', () => {
    const tree = buildTree(
      traceOf({
        name: 'root',
        at: 0,
        took: 50,
        children: Array.from({ length: 30 }, (_, index) => ({ name: `child ${index}`, at: index, took: 20 })),
      }),
    )
    const times = [...timeOnPath(criticalPath(tree)).values()]
    assert.equal(
      times.reduce((sum, time) => sum + time, 0),
      50,
    )
  })

  it('is nothing in an empty trace', () => assert.deepEqual(pathOf(), []))
})

const calls = traceOf({
  name: 'root',
  at: 0,
  took: 100,
  children: [
    {
      name: 'GET',
      kind: 'client',
      at: 10,
      took: 20,
      children: [{ name: 'serve', service: 'stock', at: 12, took: 16 }],
    },
    {
      name: 'GET',
      kind: 'client',
      at: 10,
      took: 30,
      error: 'no',
      children: [{ name: 'serve', service: 'stock', at: 12, took: 20 }],
    },
    { name: 'GET', kind: 'client', at: 50, took: 10, children: [{ name: 'serve', service: 'price', at: 52, took: 6 }] },
  ],
})

describe('statistics', () => {
  it('tell operations apart by whom they call', () => {
    const tree = buildTree(calls)
    const stock = statisticsOf(tree, criticalPath(tree)).find(({ name }) => name === 'GET → stock')
    assert.deepEqual(
      { ...stock, longest: stock?.longest.end },
      {
        service: 'shop',
        name: 'GET → stock',
        count: 2,
        errors: 1,
        total: 50,
        selfTime: 14,
        onPath: 10,
        average: 25,
        longest: 40,
      },
    )
  })
})

describe('the flame graph', () => {
  it('puts calls of one kind together, the most work to the left', () => {
    const flames = flamesOf(buildTree(calls))
    assert.deepEqual(
      flames.map(({ name, depth, left, work, spans }) => [name, depth, left, work, spans.length]),
      [
        ['root', 0, 0, 120, 1],
        ['GET → stock', 1, 0, 50, 2],
        ['serve', 2, 0, 36, 2],
        ['GET → price', 1, 50, 10, 1],
        ['serve', 2, 50, 6, 1],
      ],
    )
  })
})

describe('what held a process up', () => {
  const runtime = (service: string): Runtime => ({
    service,
    instance: `${service}-1`,
    delays: [{ start: BEGIN + 5, duration: 10 }],
    collections: [{ start: BEGIN + 70, duration: 4, kind: 'major' }],
  })

  it('explains the time in which a span of it had no child running', () => {
    const tree = buildTree(calls)
    const held = heldUp(tree, [runtime('shop')])
    const root = held.get(tree.nodes[0]?.span.id ?? '')
    assert.deepEqual(
      root?.by.map(({ label, start, end }) => [label, start, end]),
      [
        ['event loop blocked', 5, 10],
        ['garbage collection (major)', 70, 74],
      ],
    )
    assert.equal(root?.time, 9)
  })

  it('says nothing of the spans of another process', () => {
    const tree = buildTree(calls)
    const services = [...heldUp(tree, [runtime('shop')]).values()].map(({ node }) => node.service)
    assert.deepEqual(new Set(services), new Set(['shop']))
    assert.equal(heldUp(tree, []).size, 0)
  })
})

describe('the marks of a scale', () => {
  it('are round and no more than asked for', () => {
    assert.deepEqual(ticks(0, 161, 6), [0, 50, 100, 150])
    assert.deepEqual(
      ticks(0, 0.5, 5).map((mark) => mark.toFixed(1)),
      ['0.0', '0.1', '0.2', '0.3', '0.4', '0.5'],
    )
    assert.deepEqual(ticks(3, 3, 5), [3])
  })
})
