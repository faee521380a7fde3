import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rowsOf, reveal, toggle, UNFOLDED } from '../../../viewer/model/rows.js'
import { buildTree, type SpanNode, type Tree } from '../../../viewer/model/tree.js'
import type { Span } from '../../../viewer/model/trace.js'
import { traceOf } from '../../support/traces.js'

const names = (nodes: readonly SpanNode[]): string[] => nodes.map(({ span }) => span.name)

function named(tree: Tree, name: string): SpanNode {
  const found = tree.nodes.find(({ span }) => span.name === name)
  assert.ok(found, name)
  return found
}

const cart = traceOf({
  name: 'GET /cart',
  at: 0,
  took: 100,
  children: [
    { name: 'late', at: 60, took: 20 },
    { name: 'early', at: 10, took: 40, children: [{ name: 'inner', at: 20, took: 10 }] },
    { name: 'meanwhile', at: 30, took: 40 },
  ],
})

describe('a trace as a tree', () => {
  it('goes depth first, with siblings in the order of their start', () => {
    const tree = buildTree(cart)
    assert.deepEqual(names(tree.nodes), ['GET /cart', 'early', 'inner', 'meanwhile', 'late'])
    assert.deepEqual(
      tree.nodes.map(({ depth, descendants }) => [depth, descendants]),
      [
        [0, 4],
        [1, 1],
        [2, 0],
        [1, 0],
        [1, 0],
      ],
    )
    assert.equal(tree.duration, 100)
  })

  it('knows the time in which a span had no child running, overlaps counted once', () => {
    const tree = buildTree(cart)
    // 10 to 80 is taken by the children of the root.
    assert.equal(named(tree, 'GET /cart').selfTime, 30)
    assert.equal(named(tree, 'early').selfTime, 30)
    assert.equal(named(tree, 'inner').selfTime, 10)
  })

  it('counts no more of a child than falls into its parent', () => {
    const tree = buildTree(traceOf({ name: 'parent', at: 0, took: 10, children: [{ name: 'child', at: 5, took: 50 }] }))
    assert.equal(named(tree, 'parent').selfTime, 5)
    assert.equal(tree.duration, 55)
  })

  it('has spans whose parent did not arrive as roots, and says so', () => {
    const tree = buildTree(
      traceOf({ name: 'root', at: 0, took: 10 }, { name: 'orphan', at: 2, took: 3, parentId: 'ffffffffffffffff' }),
    )
    assert.deepEqual(names(tree.roots), ['root', 'orphan'])
    assert.deepEqual(
      tree.roots.map(({ isOrphan }) => isOrphan),
      [false, true],
    )
  })

  it('survives spans that name each other as parents', () => {
    const { spans, ...rest } = traceOf({ name: 'a', at: 0, took: 1 }, { name: 'b', at: 0, took: 1 })
    const [a, b] = spans as [Span, Span]
    const tree = buildTree({
      ...rest,
      spans: [
        { ...a, parentId: b.id },
        { ...b, parentId: a.id },
        { ...a, id: 'c', parentId: 'c' },
      ],
    })
    assert.equal(tree.nodes.length, 3)
    assert.equal(tree.roots.length, 2)
  })

  it('is built of as many levels as there are spans', () => {
    const depth = 20_000
    const { spans, ...rest } = traceOf({ name: 'one', at: 0, took: 1 })
    const [first] = spans as [Span]
    const chain = Array.from({ length: depth }, (_, index): Span => ({
      ...first,
      id: `${index}`,
      ...(index > 0 && { parentId: `${index - 1}` }),
    }))
    const tree = buildTree({ ...rest, spans: chain })
    assert.equal(tree.nodes.at(-1)?.depth, depth - 1)
    assert.equal(tree.nodes[0]?.descendants, depth - 1)
  })
})

describe('folding', () => {
  const tree = buildTree(cart)

  it('hides everything below a span', () => {
    const folded = toggle(UNFOLDED, named(tree, 'early').span.id)
    assert.deepEqual(names(rowsOf(tree, folded)), ['GET /cart', 'early', 'meanwhile', 'late'])
    assert.deepEqual(rowsOf(tree, toggle(folded, named(tree, 'early').span.id)).length, 5)
  })

  it('hides everything below a depth, but for what was unfolded', () => {
    const folding = { depth: 1, toggled: new Set<string>() }
    assert.deepEqual(names(rowsOf(tree, folding)), ['GET /cart', 'early', 'meanwhile', 'late'])
    assert.equal(rowsOf(tree, toggle(folding, named(tree, 'early').span.id)).length, 5)
  })

  it('opens all that hides a span', () => {
    const folding = { depth: 0, toggled: new Set<string>() }
    assert.deepEqual(names(rowsOf(tree, folding)), ['GET /cart'])
    assert.ok(rowsOf(tree, reveal(folding, named(tree, 'inner'))).includes(named(tree, 'inner')))
  })
})
