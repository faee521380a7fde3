import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { treeLines, type TreeLook, type TreeSpan } from '../../src/export/tree.js'
import { cut, duration, escape, widthOf } from '../../src/export/tree-text.js'

const PIPED: TreeLook = { width: undefined, colour: false }
const title = { traceId: 'abc' }

function span(id: string, parentId: string | undefined, start: number, end: number, more: Partial<TreeSpan> = {}) {
  return { id, parentId, start, end, service: 'shop', name: id, details: [], failed: false, error: undefined, ...more }
}

/** A request that asks a database twice and another service once, in which a query fails. */
const cart = [
  span('root', 'remote', 1000, 1024, { name: 'GET /cart/:id', details: ['http server', '200', '/cart/7'] }),
  span('stock', 'root', 1012, 1024, {
    name: 'GET',
    details: ['http client', '500', 'stock/7'],
    failed: true,
    error: '500',
  }),
  span('cart', 'root', 1000, 1006, { name: 'SELECT carts', details: ['pg', 'SELECT *\n  FROM carts'] }),
  span('server', 'stock', 1013, 1023, { service: 'stock', name: 'GET /:id' }),
  span('query', 'server', 1018, 1018.25, { service: 'stock', name: 'SELECT', failed: true, error: 'no such table' }),
  span('items', 'root', 1006, 1012, { name: 'SELECT items' }),
]

describe('a tree of spans', () => {
  it('has a line for each span, its branch, its bar, its duration and its details', () => {
    assert.deepEqual(treeLines(cart, title, PIPED), [
      'trace abc · 6 spans · 24.0 ms',
      'shop: GET /cart/:id    ━━━━━━━━━━━━━━━━━━━━━━━━  24.0 ms  http server · 200 · /cart/7',
      '├─ SELECT carts        ━━━━━━                    6.00 ms  pg · SELECT * FROM carts',
      '├─ SELECT items              ━━━━━━              6.00 ms',
      '└─ GET                             ━━━━━━━━━━━━  12.0 ms  ✗ 500  http client · stock/7',
      '   └─ stock: GET /:id               ━━━━━━━━━━   10.0 ms',
      '      └─ SELECT                          ━        250 µs  ✗ no such table',
    ])
  })

  it('cuts every line at the width of the terminal, and leaves the bars out where it is narrow', () => {
    for (const width of [200, 100, 80, 79, 40, 20, 5, 1]) {
      const lines = treeLines(cart, title, { width, colour: false })
      assert.equal(lines.length, 7)
      for (const line of lines) assert.ok(widthOf(line) <= width, `${line} is wider than ${width}`)
    }
    assert.deepEqual(treeLines(cart.slice(0, 3), title, { width: 40, colour: false }), [
      'trace abc · 3 spans · 24.0 ms',
      'shop: GET /cart/:id  24.0 ms  http serv…',
      '├─ SELECT carts      6.00 ms  pg · SELE…',
      '└─ GET               12.0 ms  ✗ 500  ht…',
    ])
  })

  it('shows failures in red, and colours nothing unless asked to', () => {
    const [first, only] = treeLines([span('a', undefined, 0, 1, { failed: true })], title, { ...PIPED, colour: true })
    assert.equal(first, '\u001b[1mtrace\u001b[22m abc · 1 span · 1.00 ms')
    const bar = '━'.repeat(24)
    const esc = '\u001b'
    assert.equal(
      only,
      `${esc}[36mshop: ${esc}[39m${esc}[31ma${esc}[39m  ${esc}[31m${bar}${esc}[39m  1.00 ms${esc}[31m  ✗ failed${esc}[39m`,
    )
    assert.ok(!treeLines(cart, title, PIPED).join('').includes(esc))
  })

  it('puts a span whose parent is missing at the left, and remarks into the first line', () => {
    const orphans = [span('late', 'gone', 5, 6), span('b', 'gone', 1, 2)]
    const notes = ['continued', '2 still open']
    assert.deepEqual(
      treeLines(orphans, { ...title, notes }, PIPED).map((line) => line.slice(0, 40).trimEnd()),
      [
        'trace abc · 2 spans · 5.00 ms · continue',
        'shop: b     ━━━━━                     1.'.trimEnd(),
        'shop: late                     ━━━━━  1.'.trimEnd(),
      ],
    )
  })

  it('shows a span that took no time at all', () => {
    assert.deepEqual(treeLines([span('a', undefined, 7, 7)], title, PIPED), [
      'trace abc · 1 span · 0 µs',
      `shop: a  ━${' '.repeat(23)}     0 µs`,
    ])
  })

  it('lets no text of a span control the terminal', () => {
    const evil = '\u001b[2J\r\n\u202e\u0085\u2028'
    const lines = treeLines(
      [span('a', undefined, 0, 1, { service: evil, name: evil, details: [evil], failed: true, error: evil })],
      title,
      PIPED,
    )
    assert.equal(lines.length, 2)
    assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Zl}\p{Bidi_Control}]/u)
    assert.match(lines[1] as string, /\\x1b\[2J\\r\\n\\u202e\\x85\\u2028/)
  })
})

describe('text for terminals', () => {
  it('escapes what cannot be printed and keeps the rest', () => {
    assert.equal(escape('a\tb\u0000c\u009bd é 漢 🚕'), 'a\\tb\\x00c\\x9bd é 漢 🚕')
  })

  it('counts the columns of wide and of combining characters', () => {
    assert.equal(widthOf('abc'), 3)
    assert.equal(widthOf('漢字'), 4)
    assert.equal(widthOf('e\u0301'), 1)
    assert.equal(widthOf('🚕'), 2)
  })

  it('cuts to columns, never through a character', () => {
    assert.equal(cut('abcdef', 6), 'abcdef')
    assert.equal(cut('abcdef', 5), 'abcd…')
    assert.equal(cut('漢字漢', 5), '漢字…')
    assert.equal(cut('漢字漢', 4), '漢…')
    assert.equal(cut('abc', 0), '')
  })

  it('gives durations three digits in the unit that suits', () => {
    const said = [0, 0.0004, 0.412, 0.9994, 0.9996, 1.234, 9.994, 9.996, 99.94, 99.96, 999.4, 999.6, 12_345, 123_456]
    assert.deepEqual(said.map(duration), [
      '0 µs',
      '0 µs',
      '412 µs',
      '999 µs',
      '1.00 ms',
      '1.23 ms',
      '9.99 ms',
      '10.0 ms',
      '99.9 ms',
      '100 ms',
      '999 ms',
      '1.00 s',
      '12.3 s',
      '123 s',
    ])
  })
})
