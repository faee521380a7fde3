import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toneOf } from '../../../viewer/model/colour.js'
import { compare } from '../../../viewer/model/compare.js'
import { find } from '../../../viewer/model/find.js'
import { paramsOf, queryOf } from '../../../viewer/model/query.js'
import { buildTree } from '../../../viewer/model/tree.js'
import { traceOf } from '../../support/traces.js'

const before = traceOf({
  name: 'GET /cart',
  at: 0,
  took: 50,
  children: [
    { name: 'SELECT', at: 0, took: 5 },
    { name: 'SELECT', at: 10, took: 5 },
    { name: 'legacy', at: 20, took: 10 },
  ],
})
const after = traceOf({
  name: 'GET /cart',
  at: 0,
  took: 80,
  children: [
    { name: 'SELECT', at: 0, took: 30, error: 'slow', tags: { 'db.query.text': 'SELECT * FROM Carts' } },
    { name: 'cache', at: 40, took: 10, children: [{ name: 'GET', at: 41, took: 2 }] },
  ],
})

describe('two traces compared', () => {
  it('show what only one of them did, and how much longer the rest took', () => {
    const differences = compare(buildTree(before), buildTree(after))
    assert.deepEqual(
      differences.map(({ name, depth, kind, a, b, change }) => [name, depth, kind, a.count, b.count, change]),
      [
        ['GET /cart', 0, 'same', 1, 1, 30],
        ['SELECT', 1, 'count', 2, 1, 20],
        ['legacy', 1, 'removed', 1, 0, -10],
        ['cache', 1, 'added', 0, 1, 10],
        ['GET', 2, 'added', 0, 1, 2],
      ],
    )
    assert.deepEqual(differences.map(({ a, b }) => [a.errors, b.errors]).slice(0, 2), [
      [0, 0],
      [0, 1],
    ])
  })

  it('show no difference of a trace to itself', () => {
    const tree = buildTree(after)
    assert.ok(compare(tree, tree).every(({ kind, change }) => kind === 'same' && change === 0))
  })
})

describe('a search in a trace', () => {
  const tree = buildTree(after)
  const found = (text: string): string[] => find(tree, text).map(({ span }) => span.name)

  it('looks into names, services, errors and tags, whatever the case', () => {
    assert.deepEqual(found('CART'), ['GET /cart', 'SELECT'])
    assert.deepEqual(found('from carts'), ['SELECT'])
    assert.deepEqual(found('db.query.text=select'), ['SELECT'])
    assert.deepEqual(found('shop'), ['GET /cart', 'SELECT', 'cache', 'GET'])
    assert.deepEqual(found('slow'), ['SELECT'])
  })

  it('wants every word somewhere', () => assert.deepEqual(found('get cart'), ['GET /cart']))

  it('finds nothing where nothing is looked for', () => assert.deepEqual(found('  '), []))
})

describe('a query', () => {
  it('survives the way through an address', () => {
    const query = {
      service: 'a&b',
      operation: 'GET /x?y',
      tag: ['http.method=GET', 'é'],
      status: 'error',
      minDuration: 0.5,
      from: 1_700_000_000_000,
      text: '100%',
      limit: 10,
    } as const
    assert.deepEqual(queryOf(new URLSearchParams(paramsOf(query).toString())), query)
  })

  it('leaves out what makes no sense', () => {
    assert.deepEqual(queryOf(new URLSearchParams('minDuration=fast&status=maybe&service=&tag=&to=')), {})
  })
})

describe('a service’s colour', () => {
  it('depends on its name alone', () => {
    assert.deepEqual(toneOf('frontend'), toneOf('frontend'))
    assert.deepEqual(toneOf('frontend').hue, 300)
  })

  it('tells the services of the demo well apart, and none is red', () => {
    const hues = ['frontend', 'customer', 'driver', 'route'].map((name) => toneOf(name).hue).sort((a, b) => a - b)
    for (const [index, hue] of hues.entries()) {
      assert.ok(hue >= 45 && hue < 345)
      assert.ok(index === 0 || hue - (hues[index - 1] as number) >= 60, hues.join())
    }
  })
})
