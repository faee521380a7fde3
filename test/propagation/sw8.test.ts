import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { contextOf, extract, formats, inject, SPAN, TRACE, type Plain } from '../support/headers.js'
import { tagsOf, tracing } from '../support/tracing.js'

const sw8 = formats('sw8')

const b64 = (text: string): string => Buffer.from(text).toString('base64')
const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

const FREE = '3e7c1b0a9f.101.17000000000000001'
const SEGMENT = '3e7c1b0a9f.101.17000000000000000'
const names = [b64('orders'), b64('orders-1'), b64('/buy'), b64('10.0.0.1:80')].join('-')
const header = (sample = '1', trace = b64(FREE), segment = b64(SEGMENT), index = '3', rest = names): string =>
  `${sample}-${trace}-${segment}-${index}-${rest}`

const free = {
  trace: sha(FREE).slice(0, 32),
  span: sha(`${SEGMENT}/3`).slice(0, 16),
  opaque: { sw8: FREE },
  tags: { 'sw8.trace_id': FREE },
}
const own = { trace: TRACE, span: SPAN }

describe('sw8', () => {
  const cases: readonly (readonly [value: unknown, expected: Plain | null])[] = [
    [header(), { ...free, sampling: 'accepted' }],
    [header('0'), { ...free, sampling: 'denied' }],
    [` ${header()}\t`, { ...free, sampling: 'accepted' }],
    [[header()], { ...free, sampling: 'accepted' }],
    [`${header()}, ${header('0')}`, { ...free, sampling: 'accepted' }],
    [header('1', b64(FREE).replace(/=+$/, '')), { ...free, sampling: 'accepted' }],
    [header('1', undefined, undefined, '0'), { ...free, span: sha(`${SEGMENT}/0`).slice(0, 16), sampling: 'accepted' }],
    [
      header('1', undefined, undefined, '003'),
      { ...free, span: sha(`${SEGMENT}/003`).slice(0, 16), sampling: 'accepted' },
    ],
    [header('1', undefined, undefined, '3', '---'), { ...free, sampling: 'accepted' }],
    [header('1', b64(TRACE), b64(SPAN), '0'), { ...own, sampling: 'accepted' }],
    [header('0', b64(TRACE), b64(SPAN), '0'), { ...own, sampling: 'denied' }],
    [
      header('1', b64(TRACE), b64(SPAN), '1'),
      { trace: TRACE, span: sha(`${SPAN}/1`).slice(0, 16), sampling: 'accepted' },
    ],
    [
      header('1', b64(TRACE), b64(SEGMENT), '0'),
      { trace: TRACE, span: sha(`${SEGMENT}/0`).slice(0, 16), sampling: 'accepted' },
    ],
    [
      header('1', b64(TRACE.toUpperCase())),
      {
        ...free,
        trace: sha(TRACE.toUpperCase()).slice(0, 32),
        opaque: { sw8: TRACE.toUpperCase() },
        tags: { 'sw8.trace_id': TRACE.toUpperCase() },
        sampling: 'accepted',
      },
    ],
    [
      header('1', b64('0'.repeat(32))),
      {
        ...free,
        trace: sha('0'.repeat(32)).slice(0, 32),
        opaque: { sw8: '0'.repeat(32) },
        tags: { 'sw8.trace_id': '0'.repeat(32) },
        sampling: 'accepted',
      },
    ],
    [
      header('1', b64('Zoë')),
      {
        ...free,
        trace: sha('Zoë').slice(0, 32),
        opaque: { sw8: 'Zoë' },
        tags: { 'sw8.trace_id': 'Zoë' },
        sampling: 'accepted',
      },
    ],
    [header('2'), null],
    [header(''), null],
    [header('true'), null],
    [header('1', ''), null],
    [header('1', undefined, ''), null],
    [header('1', '===='), null],
    [header('1', FREE), null],
    [header('1', `${b64(FREE)}*`), null],
    [header('1', undefined, 'a.b'), null],
    [header('1', undefined, undefined, ''), null],
    [header('1', undefined, undefined, 'x'), null],
    [header('1', undefined, undefined, '1.5'), null],
    [header('1', undefined, undefined, '12345678901'), null],
    [header('1', undefined, undefined, '3', names.split('-').slice(1).join('-')), null],
    [`${header()}-${b64('more')}`, null],
    [`x${header()}`, null],
    [header('1', b64('x'.repeat(257))), null],
    [header('1', undefined, undefined, '3', `${names}${'A'.repeat(2048)}`), null],
    ['-------', null],
    ['1', null],
    ['', null],
    [`, ${header()}`, null],
    [1, null],
    [{}, null],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)?.slice(0, 120)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(sw8, { sw8: value }), expected)
    })
  }

  const fieldsOf = (text: string | undefined): string[] =>
    (text ?? '')
      .split('-')
      .map((field, index) => (index === 0 || index === 3 ? field : Buffer.from(field, 'base64').toString()))

  const written = [
    ['accepted', '1'],
    ['debug', '1'],
    ['denied', '0'],
    ['undecided', '0'],
  ] as const
  for (const [sampling, sample] of written) {
    it(`is written with ${sample} for ${sampling}, none of its eight fields empty`, () => {
      const fields = fieldsOf(inject(sw8, contextOf({ sampling }))['sw8'])
      assert.equal(fields.length, 8)
      assert.deepEqual(fields.slice(0, 5), [sample, TRACE, SPAN, '0', 'app'])
      assert.match(fields[5] ?? '', /^[0-9a-f-]{36}$/)
      assert.deepEqual(fields.slice(6), ['unknown', 'unknown'])
    })
  }

  it('gives SkyWalking its own trace id back', () => {
    const fields = fieldsOf(inject(sw8, contextOf({ trace: { opaque: { sw8: FREE } } }))['sw8'])
    assert.deepEqual(fields.slice(1, 3), [FREE, SPAN])
  })

  it('is not written without ids', () => {
    assert.deepEqual(inject(sw8, contextOf({ trace: { traceId: '' }, span: '' })), {})
  })

  it('reads what it has written', () => {
    for (const sampling of ['accepted', 'denied'] as const) {
      assert.deepEqual(extract(sw8, inject(sw8, contextOf({ sampling }))), { ...own, sampling })
    }
  })

  it('leaves a tag with the original id on the span that continues it, and on no other', () => {
    const { tracer, finished } = tracing({ OTEL_PROPAGATORS: 'sw8' })
    const entry = tracer.startSpan('entry', { childOf: tracer.extract('http_headers', { sw8: header() }) })
    const child = tracer.startSpan('child', { childOf: entry })
    const headers: Record<string, string> = {}
    tracer.inject(child, 'http_headers', headers)
    child.finish()
    entry.finish()
    assert.deepEqual(
      finished.map((record) => tagsOf(record)),
      [{}, { 'sw8.trace_id': FREE }],
    )
    assert.deepEqual(fieldsOf(headers['sw8']).slice(1, 4), [FREE, child.context().toSpanId(), '0'])
    assert.equal(fieldsOf(headers['sw8'])[6], 'entry')
  })

  it('stays below 2 KB with the longest of names', () => {
    const { tracer } = tracing({ OTEL_PROPAGATORS: 'sw8', OTEL_SERVICE_NAME: '日'.repeat(500) })
    const headers: Record<string, string> = {}
    tracer.inject(tracer.startSpan('日'.repeat(500)), 'http_headers', headers)
    assert.ok(Number(headers['sw8']?.length) < 2048)
    assert.deepEqual(fieldsOf(headers['sw8'])[4], '日'.repeat(50))
  })
})

describe('sw8-correlation', () => {
  const read = (text: unknown): unknown => extract(sw8, { 'sw8-correlation': text })?.baggage

  it('is read as baggage, with ids or without', () => {
    const text = `${b64('a')}:${b64('1')},${b64('b')}: , ${b64('c')}:${b64('Zoë')}`
    assert.deepEqual(read(text), { a: '1', b: '', c: 'Zoë' })
    assert.deepEqual(read(`${b64('a')}:`), { a: '' })
    const both = { sw8: header(), 'sw8-correlation': `${b64('a')}:${b64('1')}` }
    assert.deepEqual(extract(sw8, both), { ...free, sampling: 'accepted', baggage: { a: '1' } })
  })

  it('skips what is no pair', () => {
    for (const text of ['', ',', ':', 'a', 'a:b:c', `:${b64('1')}`, '*:*', 7]) assert.equal(read(text), undefined)
  })

  it('is written as SkyWalking’s agents take it: three short items at the most', () => {
    const baggage = { long: 'x'.repeat(129), a: '1', b: 'Zoë', c: '', d: '4' }
    const text = inject(sw8, contextOf({ baggage }))['sw8-correlation']
    assert.equal(text, `${b64('a')}:${b64('1')},${b64('b')}:${b64('Zoë')},${b64('c')}:`)
    assert.deepEqual(read(text), { a: '1', b: 'Zoë', c: '' })
  })
})
