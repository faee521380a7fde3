/**
 * What the viewer finds about queries, and above all what it does not make up.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { normaliseCommand, normaliseSql } from '../../viewer/model/statement.js'
import { insights, kinds, redis, requestOf, sql, times, type Call } from '../support/insights.js'
import type { Sketch } from '../support/viewer.js'

describe('statements', () => {
  it('are the same whatever their values', () => {
    const same = [
      "SELECT * FROM t WHERE id = 1 AND name = 'x''y'",
      'SELECT  *\nFROM t WHERE id = $1 AND name = $2 -- why',
      'SELECT * FROM t WHERE id = ? AND name = ? /* here */',
      'SELECT * FROM t WHERE id = :id AND name = :name',
      'SELECT * FROM t WHERE id = -1.5e3 AND name = ?',
    ]
    assert.deepEqual([...new Set(same.map(normaliseSql))], ['SELECT * FROM t WHERE id = ? AND name = ?'])
    assert.equal(normaliseSql('SELECT 1 FROM t2 WHERE a IN (1, 2, 3)'), 'SELECT ? FROM t2 WHERE a IN (?)')
    assert.equal(normaliseSql('INSERT INTO t VALUES ($1, $2), ($3, $4)'), 'INSERT INTO t VALUES (?)')
    assert.equal(normaliseSql('SELECT a::int FROM t'), 'SELECT a::int FROM t')
  })

  it('of key-value stores are the same whatever the id in their key', () => {
    assert.equal(normaliseCommand('get user:17'), 'GET user:*')
    assert.equal(normaliseCommand('HGETALL driver:T7000:x'), 'HGETALL driver:*:x')
    assert.equal(normaliseCommand('SET a:b value 10'), 'SET a:b …')
    assert.equal(normaliseCommand('GET ?'), 'GET ?')
    assert.equal(normaliseCommand('PING'), 'PING')
  })
})

describe('N+1', () => {
  const query = (i: number): Call => [i * 2, 1, sql(`SELECT * FROM items WHERE id = ${i}`)]

  it('is found and named with its route', () => {
    const [found, ...others] = insights(
      requestOf('a', 30, times(10, query)),
      requestOf('b', 40, times(12, query), { start: 100 }),
    )
    assert.deepEqual(others, [])
    assert.equal(found?.title, 'SELECT * FROM items WHERE id = ? runs 10 to 12 times for each GET /list')
    assert.deepEqual([found?.kind, found?.service, found?.route, found?.count], ['n-plus-one', 'app', 'GET /list', 2])
    assert.equal(found?.statement, 'SELECT * FROM items WHERE id = ?')
    // From the first's start to the last's end, less one.
    assert.equal(Math.round(found?.cost ?? 0), (18 + 22) / 2)
    assert.equal(found?.examples.length, 2)
    assert.equal(found?.examples[0]?.spanIds.length, 12)
  })

  it('is found of commands too', () => {
    const [found] = insights(
      requestOf(
        'a',
        30,
        times(10, (i) => [i * 2, 1, redis(`HGETALL user:${i}`)]),
      ),
    )
    assert.equal(found?.title, 'HGETALL user:* runs 10 times for each GET /list')
  })

  it('is not made of a few, of what runs side by side in a cache, of polling, or of what belongs to a connection', () => {
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          30,
          times(4, (i) => [i * 2, 1, sql(`INSERT INTO t VALUES (${i})`)]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          30,
          times(20, (i) => [1 + i / 100, 1, redis(`GET k:${i}`)]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          9000,
          times(8, (i) => [i * 1000, 1, redis(`GET job:${i}`)]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          90,
          times(8, (i) => [i * 10, 9, sql('FETCH 100 FROM c')]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          90,
          times(8, (i) => [i * 10, 9, redis(`SCAN ${i}`)]),
        ),
      ),
      [],
    )
  })

  it('is not made of one query in each of many requests', () => {
    assert.deepEqual(kinds(...times(20, (i) => requestOf(`t${i}`, 10, [query(1)]))), [])
  })
})

describe('a slow query', () => {
  const requests = (slow: number, fast = 1): Sketch[][] =>
    times(6, (i) =>
      requestOf(`t${i}`, slow + 5, [
        [0, fast, sql('SELECT a FROM small WHERE id = $1')],
        [2, slow, sql(`SELECT count(*) FROM large WHERE x = ${i}`)],
      ]),
    )

  it('stands out beside the others of its database', () => {
    const [found, ...others] = insights(...requests(20))
    assert.deepEqual(others, [])
    assert.deepEqual([found?.kind, found?.count, found?.cost], ['slow-query', 6, 20])
    assert.equal(found?.title, 'SELECT count(*) FROM large WHERE x = ? takes 20 ms in GET /list')
  })

  it('is slow by itself from a tenth of a second on', () => {
    assert.deepEqual(kinds(...times(2, (i) => requestOf(`t${i}`, 200, [[0, 150, sql('SELECT x FROM y')]]))), [
      'slow-query',
    ])
    assert.deepEqual(kinds(requestOf('once', 200, [[0, 150, sql('SELECT x FROM y')]])), [])
  })

  it('is none where all take as long, where it is quick, or where it hardly counts', () => {
    assert.deepEqual(kinds(...requests(20, 10)), [])
    assert.deepEqual(kinds(...requests(4, 0.1)), [])
    const hardly = requests(20).map(([root, ...calls]) => [{ ...(root as Sketch), duration: 500 }, ...calls])
    assert.deepEqual(kinds(...hardly), [])
  })

  it('is none because of one bad moment', () => {
    const usual = times(10, (i) =>
      requestOf(`u${i}`, 5, [
        [0, 1, sql('SELECT a FROM b')],
        [2, 1, sql('SELECT c FROM d')],
      ]),
    )
    assert.deepEqual(kinds(...usual, requestOf('bad', 300, [[0, 290, sql('SELECT a FROM b')]])), [])
  })
})

describe('a repeated query', () => {
  it('is the same to the last character', () => {
    const twice = requestOf('a', 30, [
      [0, 1, redis('GET config:main')],
      [10, 2, redis('GET config:main')],
    ])
    const [found, ...others] = insights(twice)
    assert.deepEqual(others, [])
    assert.deepEqual([found?.kind, found?.cost], ['repeated-query', 2])
    assert.equal(found?.title, 'GET config:main is asked 2 times in one GET /list')
  })

  it('is likely from three times on where its values are hidden', () => {
    const query: NonNullable<Sketch['tags']> = sql('SELECT * FROM users WHERE id = $1')
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          30,
          times(2, (i) => [i * 2, 1, query]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          30,
          times(3, (i) => [i * 2, 1, query]),
        ),
      ),
      ['repeated-query'],
    )
  })

  it('is none where something is written in between, or where it is another request', () => {
    const read: Call = [0, 1, redis('GET k:1')]
    assert.deepEqual(kinds(requestOf('a', 30, [read, [5, 1, redis('SET k:1 x')], [10, 1, redis('GET k:1')]])), [])
    assert.deepEqual(kinds(requestOf('a', 30, [read]), requestOf('b', 30, [read])), [])
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          30,
          times(3, (i) => [i, 1, sql('COMMIT')]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          30,
          times(3, (i) => [i * 2, 1, redis('GET ?')]),
        ),
      ),
      [],
    )
  })
})
