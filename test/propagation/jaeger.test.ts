import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  contextOf,
  extract,
  formats,
  inject,
  PARENT,
  SPAN,
  TRACE,
  type Headers,
  type Plain,
} from '../support/headers.js'

const jaeger = formats('jaeger')
const ids = { trace: TRACE, span: SPAN }
const LOW = TRACE.slice(16)
const narrow = { trace: LOW.padStart(32, '0'), span: SPAN, narrow: true } as const

describe('uber-trace-id', () => {
  const cases: readonly (readonly [value: unknown, expected: Plain | null])[] = [
    [`${TRACE}:${SPAN}:0:1`, { ...ids, sampling: 'accepted' }],
    [
      'abc:def:0:1',
      { trace: 'abc'.padStart(32, '0'), span: 'def'.padStart(16, '0'), narrow: true, sampling: 'accepted' },
    ],
    [`${TRACE}%3A${SPAN}%3A0%3A1`, { ...ids, sampling: 'accepted' }],
    [`${TRACE}%3a${SPAN}%3a0%3a1`, { ...ids, sampling: 'accepted' }],
    [`${LOW}:${SPAN}:${PARENT}:3`, { ...narrow, parent: PARENT, sampling: 'debug' }],
    [`${LOW}:${SPAN}:0:0`, { ...narrow, sampling: 'denied' }],
    [`${TRACE}:${SPAN}:0:01`, { ...ids, sampling: 'accepted' }],
    [`${TRACE}:${SPAN}:0:00`, { ...ids, sampling: 'denied' }],
    [`${TRACE}:${SPAN}:0:b`, { ...ids, sampling: 'debug' }],
    [`${TRACE}:${SPAN}:0:B`, { ...ids, sampling: 'debug' }],
    [`${TRACE}:${SPAN}:0:9`, { ...ids, sampling: 'accepted' }],
    [`${TRACE}:${SPAN}:0:2`, { ...ids, sampling: 'denied' }],
    [`${TRACE}:${SPAN}:${'0'.repeat(16)}:1`, { ...ids, sampling: 'accepted' }],
    [`${TRACE}:${SPAN}:zz:1`, { ...ids, sampling: 'accepted' }],
    [`${TRACE}:${SPAN}::1`, { ...ids, sampling: 'accepted' }],
    [`${TRACE.toUpperCase()}:${SPAN.toUpperCase()}:0:1`, { ...ids, sampling: 'accepted' }],
    [` ${TRACE}:${SPAN}:0:1\t`, { ...ids, sampling: 'accepted' }],
    [`${TRACE}:${SPAN}:0:1, 1:1:0:0`, { ...ids, sampling: 'accepted' }],
    [[`${TRACE}:${SPAN}:0:1`], { ...ids, sampling: 'accepted' }],
    ['1:1:0:zz', { trace: '1'.padStart(32, '0'), span: '1'.padStart(16, '0'), narrow: true, sampling: 'undecided' }],
    [`${TRACE}:${SPAN}:0:`, { ...ids, sampling: 'undecided' }],
    [`${TRACE}:${SPAN}:0:111`, { ...ids, sampling: 'undecided' }],
    [`${TRACE}:${SPAN}:0:-1`, { ...ids, sampling: 'undecided' }],
    [`${TRACE}:${SPAN}:0`, null],
    [`${TRACE}:${SPAN}:0:1:9`, null],
    [`${TRACE}:${SPAN}:0:1:`, null],
    ['a:b:c', null],
    ['', null],
    [':::', null],
    ['0:0:0:0', null],
    ['0:1:0:1', null],
    ['1:0:0:1', null],
    ['xyz:abc:0:1', null],
    ['12zz:abc:0:1', null],
    ['0x1:1:0:1', null],
    [`${TRACE}ff:1:0:1`, null],
    [`${TRACE}:${SPAN}ff:0:1`, null],
    [`${TRACE}: ${SPAN}:0:1`, null],
    ['%E0%A4%A', null],
    ['%', null],
    [`malformed, ${TRACE}:${SPAN}:0:1`, null],
    [`${TRACE}:${SPAN}:0:${'1'.repeat(100_000)}`, null],
    [42, null],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value).slice(0, 90)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(jaeger, { 'uber-trace-id': value }), expected)
    })
  }

  const written: readonly (readonly [name: string, parts: Parameters<typeof contextOf>[0], expected: string])[] = [
    ['the parent', { parent: PARENT }, `${TRACE}:${SPAN}:${PARENT}:1`],
    ['0 for no parent', {}, `${TRACE}:${SPAN}:0:1`],
    ['a refusal', { sampling: 'denied' }, `${TRACE}:${SPAN}:0:0`],
    ['an open decision as a refusal', { sampling: 'undecided' }, `${TRACE}:${SPAN}:0:0`],
    ['debug in one digit', { sampling: 'debug' }, `${TRACE}:${SPAN}:0:3`],
    ['16 digits where 16 came', { trace: { traceId: narrow.trace, narrow: true } }, `${LOW}:${SPAN}:0:1`],
  ]
  for (const [name, parts, expected] of written) {
    it(`writes ${name}`, () => assert.deepEqual(inject(jaeger, contextOf(parts)), { 'uber-trace-id': expected }))
  }

  it('is not written without ids, but baggage is', () => {
    const context = contextOf({ trace: { traceId: '' }, span: '', sampling: 'denied', baggage: { a: '1' } })
    assert.deepEqual(inject(jaeger, context), { 'uberctx-a': '1' })
  })
})

describe('uberctx-*', () => {
  const uber = `${TRACE}:${SPAN}:0:1`
  const read: readonly (readonly [headers: Headers, baggage: Readonly<Record<string, string>>])[] = [
    [{ 'uberctx-user-id': 'a%20b%C3%A4' }, { 'user-id': 'a bä' }],
    [{ 'uberctx-x': '100%' }, { x: '100%' }],
    [{ 'uberctx-x': '%zz' }, { x: '%zz' }],
    [{ 'uberctx-x': 'caf%E9' }, { x: 'caf�' }],
    [{ 'uberctx-x': '' }, { x: '' }],
    [{ 'uberctx-x': 'a,b=c;d' }, { x: 'a,b=c;d' }],
    [
      { 'uberctx-a': '1', 'UberCtx-B': '2' },
      { a: '1', b: '2' },
    ],
    [{ 'uberctx-': 'nameless', 'uberctx-a': '1' }, { a: '1' }],
    [{ 'uberctx-a': ['1', '2'] }, { a: '1,2' }],
    [{ 'uberctx-a': '1', 'uberctx-b': 7 }, { a: '1' }],
    [JSON.parse('{"uberctx-__proto__":"1"}') as Headers, JSON.parse('{"__proto__":"1"}') as Record<string, string>],
  ]
  for (const [headers, baggage] of read) {
    it(`reads ${JSON.stringify(headers)}`, () => {
      assert.deepEqual(extract(jaeger, { 'uber-trace-id': uber, ...headers })?.baggage, baggage)
    })
  }

  it('is read although the ids are missing or bad', () => {
    for (const value of [undefined, 'xyz:abc:0:1']) {
      const found = extract(jaeger, { 'uber-trace-id': value, 'uberctx-a': '1' })
      assert.deepEqual(found, { sampling: 'undecided', baggage: { a: '1' } })
    }
  })

  it('is written percent-encoded, keys in lower case', () => {
    const headers = inject(jaeger, contextOf({ parent: PARENT, baggage: { user: 'Zoë 1', Shop: 'a,b\r\nc%' } }))
    assert.deepEqual(headers, {
      'uber-trace-id': `${TRACE}:${SPAN}:${PARENT}:1`,
      'uberctx-user': 'Zo%C3%AB%201',
      'uberctx-shop': 'a%2Cb%0D%0Ac%25',
    })
  })

  it('is written once for keys that differ in case alone, and not at all for what no header can be called', () => {
    const names: string[] = []
    const context = contextOf({
      baggage: { User: '1', USER: '2', user: '3', 'a b': '4', ä: '5', '': '6', 'x\r\ny': '7' },
    })
    jaeger.inject(context, (name) => names.push(name))
    assert.deepEqual(names, ['uber-trace-id', 'uberctx-user'])
  })

  it('is plain in a text map', () => {
    const context = contextOf({ baggage: { user: 'Zoë 1%20' } })
    const carrier = inject(jaeger, context, 'text_map')
    assert.equal(carrier['uberctx-user'], 'Zoë 1%20')
    assert.deepEqual(extract(jaeger, carrier, 'text_map')?.baggage, { user: 'Zoë 1%20' })
  })

  it('stops before the headers become more than servers take', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'v']))
    assert.equal(Object.keys(inject(jaeger, contextOf({ baggage: many }))).length, 1 + 64)
    const long = { a: 'x'.repeat(8000), b: 'y'.repeat(8000) }
    assert.deepEqual(Object.keys(inject(jaeger, contextOf({ baggage: long }))), ['uber-trace-id', 'uberctx-a'])
  })
})

describe('jaeger-debug-id', () => {
  it('asks for a debug trace where no ids came', () => {
    const expected = { sampling: 'debug', tags: { 'jaeger-debug-id': 'ticket-42' } }
    assert.deepEqual(extract(jaeger, { 'jaeger-debug-id': ' ticket-42 ' }), expected)
    assert.deepEqual(extract(jaeger, { 'jaeger-debug-id': 'ticket-42', 'uber-trace-id': 'junk' }), expected)
  })

  it('is ignored where ids came, in whatever format', () => {
    const ids = { 'uber-trace-id': `${TRACE}:${SPAN}:0:1` }
    assert.deepEqual(extract(jaeger, { 'jaeger-debug-id': 'x', ...ids }), {
      trace: TRACE,
      span: SPAN,
      sampling: 'accepted',
    })
    const found = extract(formats('jaeger', 'b3'), { 'jaeger-debug-id': 'x', b3: `${TRACE}-${SPAN}-0` })
    assert.deepEqual(found, { trace: TRACE, span: SPAN, sampling: 'denied' })
  })

  it('counts for nothing when empty, and is cut when long', () => {
    assert.equal(extract(jaeger, { 'jaeger-debug-id': ' ' }), null)
    assert.equal(extract(jaeger, { 'jaeger-debug-id': 'x'.repeat(5000) })?.tags?.['jaeger-debug-id']?.length, 256)
  })
})

describe('jaeger-baggage', () => {
  const cases: readonly (readonly [value: string, baggage: Readonly<Record<string, string>> | undefined])[] = [
    ['a=1, b = 2 ,c,=,d=e=f', { a: '1', b: '2' }],
    ['a=1', { a: '1' }],
    ['a=', { a: '' }],
    ['a=1,a=2', { a: '2' }],
    ['=1', undefined],
    ['a', undefined],
    [',,', undefined],
    ['', undefined],
  ]
  for (const [value, baggage] of cases) {
    it(`reads ${JSON.stringify(value)}`, () => {
      assert.deepEqual(extract(jaeger, { 'jaeger-baggage': value })?.baggage, baggage)
    })
  }

  it('counts only where no ids came', () => {
    const found = extract(jaeger, { 'jaeger-baggage': 'a=1', 'uber-trace-id': `${TRACE}:${SPAN}:0:1` })
    assert.equal(found?.baggage, undefined)
  })
})
