import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextOf, extract, formats, inject, SPAN, TRACE, type Plain } from '../support/headers.js'

const tracecontext = formats('tracecontext')

const T = '12345678901234567890123456789012'
const S = '1234567890123456'
const accepted = { trace: T, span: S, sampling: 'accepted' } as const
const denied = { trace: T, span: S, sampling: 'denied' } as const

describe('traceparent', () => {
  const cases: readonly (readonly [value: unknown, expected: Plain | null])[] = [
    [
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331', sampling: 'accepted' },
    ],
    [
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
      { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7', sampling: 'denied' },
    ],
    [`00-${T}-${S}-03`, { ...accepted, random: true }],
    [`00-${T}-${S}-02`, { ...denied, random: true }],
    [`00-${T}-${S}-ff`, { ...accepted, random: true }],
    [`00-${T}-${S}-fc`, denied],
    [`01-${T}-${S}-00`, denied],
    [`cc-${T}-${S}-01-what-the-future`, accepted],
    [`cc-${T}-${S}-01-`, accepted],
    [`fe-${T}-${S}-01`, accepted],
    [` \t00-${T}-${S}-01\t `, accepted],
    [[`00-${T}-${S}-01`], accepted],
    [`cc-${T}-${S}-01.what-the-future`, null],
    [`cc-${T}-${S}-01what`, null],
    [`00-${T}-${S}-01-`, null],
    [`00-${T}-${S}-01-what`, null],
    [`00-${T}-${S}-01.`, null],
    [`ff-${T}-${S}-01`, null],
    [`FF-${T}-${S}-01`, null],
    [`.0-${T}-${S}-01`, null],
    [`0.-${T}-${S}-01`, null],
    [`0-${T}-${S}-01`, null],
    [`000-${T}-${S}-01`, null],
    [`00000-${T}-${S}-01`, null],
    [`-${T}-${S}-01`, null],
    [`00-${'0'.repeat(32)}-${S}-01`, null],
    [`00-${T}-${'0'.repeat(16)}-01`, null],
    [`00-${T}-${S}-.0`, null],
    [`00-${T}-${S}-0.`, null],
    [`00-${T}-${S}-1`, null],
    [`00-${T}-${S}-001`, null],
    [`00-${T}-${S}-`, null],
    [`00-${T}-${S}`, null],
    [`00-${T.slice(1)}-${S}-01`, null],
    [`00-${T}0-${S}-01`, null],
    [`00-.${T.slice(1)}-${S}-01`, null],
    [`00-${T}-${S.slice(1)}-01`, null],
    [`00-${T}-${S}0-01`, null],
    [`00-${T}-.${S.slice(1)}-01`, null],
    ['00-ABCDEF78901234567890123456789012-1234567890123456-01', null],
    ['00-12345678901234567890123456789012-ABCDEF7890123456-01', null],
    [`00-${T}-${S}-0A`, null],
    [`00-${T}-${S}-01, 00-${T}-${S}-01`, null],
    [[`00-${T}-${S}-01`, `00-${T}-${S}-01`], null],
    [`zz00-${T}-${S}-01`, null],
    [`00_${T}_${S}_01`, null],
    [`00-${T}-${S}-01\n`.repeat(2), null],
    ['', null],
    ['-', null],
    [`cc-${T}-${S}-01-${'x'.repeat(100_000)}`, null],
    [null, null],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value).slice(0, 100)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(tracecontext, { traceparent: value }), expected)
    })
  }

  it('goes by no other name', () => {
    for (const name of ['trace-parent', 'trace.parent', 'trace_parent']) {
      assert.equal(extract(tracecontext, { [name]: `00-${T}-${S}-01` }), null)
    }
    assert.deepEqual(extract(tracecontext, { TraceParent: `00-${T}-${S}-01` }), accepted)
  })

  const written: readonly (readonly [name: string, parts: Parameters<typeof contextOf>[0], expected: string])[] = [
    ['an accepted context', {}, `00-${TRACE}-${SPAN}-01`],
    ['a refusal', { sampling: 'denied' }, `00-${TRACE}-${SPAN}-00`],
    ['an open decision as 00', { sampling: 'undecided' }, `00-${TRACE}-${SPAN}-00`],
    ['debug as accepted', { sampling: 'debug' }, `00-${TRACE}-${SPAN}-01`],
    ['the random flag', { trace: { random: true } }, `00-${TRACE}-${SPAN}-03`],
    ['the random flag of a refusal', { trace: { random: true }, sampling: 'denied' }, `00-${TRACE}-${SPAN}-02`],
    [
      'all 32 digits of a narrow id',
      { trace: { traceId: S.padStart(32, '0'), narrow: true } },
      `00-${S.padStart(32, '0')}-${SPAN}-01`,
    ],
  ]
  for (const [name, parts, expected] of written) {
    it(`writes ${name}`, () => assert.deepEqual(inject(tracecontext, contextOf(parts)), { traceparent: expected }))
  }

  it('is not written without ids', () => {
    assert.deepEqual(inject(tracecontext, contextOf({ trace: { traceId: '' }, span: '', sampling: 'denied' })), {})
  })
})

describe('tracestate', () => {
  const member = (index: number): string => `k${index}=${index}`
  const members = (count: number): string => Array.from({ length: count }, (_, index) => member(index)).join(',')
  const cases: readonly (readonly [value: unknown, expected: string | undefined])[] = [
    ['foo=1,bar=2', 'foo=1,bar=2'],
    [['foo=1', 'bar=2'], 'foo=1,bar=2'],
    ['foo=1 \t , \t bar=2, \t baz=3', 'foo=1,bar=2,baz=3'],
    ['foo=1,', 'foo=1'],
    [',foo=1', 'foo=1'],
    ['foo=1,,bar=2', 'foo=1,bar=2'],
    ['foo= 1', 'foo= 1'],
    ['foo=1 2', 'foo=1 2'],
    ['foo@=1', 'foo@=1'],
    ['foo@@bar=1', 'foo@@bar=1'],
    ['foo@bar@baz=1', 'foo@bar@baz=1'],
    ['0foo=1', '0foo=1'],
    ['f_-*/o=1', 'f_-*/o=1'],
    ['ot=th:c;rv:d29d6a7215ced0,b3=0', 'ot=th:c;rv:d29d6a7215ced0,b3=0'],
    [`${'a'.repeat(256)}=1`, `${'a'.repeat(256)}=1`],
    [`a=${'1'.repeat(256)}`, `a=${'1'.repeat(256)}`],
    [members(32), members(32)],
    ['', undefined],
    [' , ', undefined],
    ['foo =1', undefined],
    ['FOO=1', undefined],
    ['foo.bar=1', undefined],
    ['@foo=1', undefined],
    ['foo', undefined],
    ['=1', undefined],
    ['foo=', undefined],
    ['foo=bar=baz', undefined],
    ['foo=,bar=3', undefined],
    ['good=1,BAD=2', undefined],
    ['foo=ä', undefined],
    ['foo=a\nb', undefined],
    [`${'a'.repeat(257)}=1`, undefined],
    [`a=${'1'.repeat(257)}`, undefined],
    [members(33), undefined],
    [`${members(32)},`, members(32)],
    ['a=1,'.repeat(50_000), undefined],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value).slice(0, 60)} as ${expected?.slice(0, 60)}`, () => {
      const found = extract(tracecontext, { traceparent: `00-${T}-${S}-01`, tracestate: value })
      assert.deepEqual(found, { ...accepted, ...(expected !== undefined && { state: expected }) })
    })
  }

  it('counts for nothing without a valid traceparent', () => {
    assert.equal(extract(tracecontext, { tracestate: 'foo=1' }), null)
    assert.equal(extract(tracecontext, { traceparent: 'junk', tracestate: 'foo=1' }), null)
  })

  it('goes out as it came', () => {
    assert.deepEqual(inject(tracecontext, contextOf({ trace: { traceState: 'foo=1,bar=2' } })), {
      traceparent: `00-${TRACE}-${SPAN}-01`,
      tracestate: 'foo=1,bar=2',
    })
  })
})
