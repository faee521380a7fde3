import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextOf, extract, formats, inject, SPAN, TRACE, type Headers, type Plain } from '../support/headers.js'

const ottrace = formats('ottrace')

const LOW = TRACE.slice(16)
const narrow = { trace: LOW.padStart(32, '0'), span: SPAN, narrow: true } as const
const wide = { trace: TRACE, span: SPAN }

const headers = (trace: unknown, span: unknown, sampled?: unknown): Headers => ({
  ...(trace !== undefined && { 'ot-tracer-traceid': trace }),
  ...(span !== undefined && { 'ot-tracer-spanid': span }),
  ...(sampled !== undefined && { 'ot-tracer-sampled': sampled }),
})

describe('ot-tracer headers', () => {
  const cases: readonly (readonly [given: Headers, expected: Plain | null])[] = [
    [headers(LOW, SPAN, 'true'), { ...narrow, sampling: 'accepted' }],
    [headers(LOW, SPAN, 'false'), { ...narrow, sampling: 'denied' }],
    [headers(LOW, SPAN, '1'), { ...narrow, sampling: 'accepted' }],
    [headers(LOW, SPAN, '0'), { ...narrow, sampling: 'denied' }],
    [headers(LOW, SPAN, 'TRUE'), { ...narrow, sampling: 'accepted' }],
    [headers(LOW, SPAN, 'False'), { ...narrow, sampling: 'denied' }],
    [headers(LOW, SPAN, ' true '), { ...narrow, sampling: 'accepted' }],
    [headers(LOW, SPAN), { ...narrow, sampling: 'undecided' }],
    [headers(LOW, SPAN, ''), { ...narrow, sampling: 'undecided' }],
    [headers(LOW, SPAN, 'yes'), { ...narrow, sampling: 'undecided' }],
    [headers(LOW, SPAN, '2'), { ...narrow, sampling: 'undecided' }],
    [headers(LOW, SPAN, true), { ...narrow, sampling: 'undecided' }],
    [headers(LOW, SPAN, 'true, false'), { ...narrow, sampling: 'accepted' }],
    [headers(TRACE, SPAN, 'true'), { ...wide, sampling: 'accepted' }],
    [headers(TRACE.toUpperCase(), SPAN.toUpperCase(), 'true'), { ...wide, sampling: 'accepted' }],
    [headers(` ${TRACE} `, `\t${SPAN}`, 'true'), { ...wide, sampling: 'accepted' }],
    [
      headers('abc', 'def', 'true'),
      { trace: 'abc'.padStart(32, '0'), span: 'def'.padStart(16, '0'), narrow: true, sampling: 'accepted' },
    ],
    [headers(`${LOW}, ${TRACE}`, `${SPAN},1`, 'true'), { ...narrow, sampling: 'accepted' }],
    [headers([LOW], [SPAN], ['true']), { ...narrow, sampling: 'accepted' }],
    [headers(LOW, undefined, 'true'), null],
    [headers(undefined, SPAN, 'true'), null],
    [headers(undefined, undefined, 'true'), null],
    [headers('', SPAN, 'true'), null],
    [headers(LOW, '', 'true'), null],
    [headers('0', SPAN, 'true'), null],
    [headers('0'.repeat(32), SPAN, 'true'), null],
    [headers(LOW, '0'.repeat(16), 'true'), null],
    [headers(`${TRACE}0`, SPAN, 'true'), null],
    [headers(LOW, `${SPAN}0`, 'true'), null],
    [headers(`${LOW.slice(1)}g`, SPAN, 'true'), null],
    [headers(LOW, 'xyz', 'true'), null],
    [headers(`zz${LOW}`, SPAN, 'true'), null],
    [headers(`-${LOW.slice(1)}`, SPAN, 'true'), null],
    [headers(`,${LOW}`, SPAN, 'true'), null],
    [headers(1, 2, 'true'), null],
    [headers({}, [], 'true'), null],
    [{ 'ot-baggage-a': '1' }, { sampling: 'undecided', baggage: { a: '1' } }],
    [
      { ...headers('junk', SPAN), 'ot-baggage-a': '1' },
      { sampling: 'undecided', baggage: { a: '1' } },
    ],
    [
      { ...headers(LOW, SPAN, 'true'), 'ot-baggage-a': '100%', 'ot-baggage-b-c': '' },
      { ...narrow, sampling: 'accepted', baggage: { a: '100%', 'b-c': '' } },
    ],
    [{ 'ot-baggage-': '1', 'ot-baggage': '2', 'x-ot-baggage-a': '3' }, null],
  ]
  for (const [given, expected] of cases) {
    it(`reads ${JSON.stringify(given).slice(0, 130)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(ottrace, given), expected)
    })
  }

  const written = [
    ['accepted', { 'ot-tracer-sampled': 'true' }],
    ['denied', { 'ot-tracer-sampled': 'false' }],
    ['debug', { 'ot-tracer-sampled': 'true' }],
    ['undecided', {}],
  ] as const
  for (const [sampling, state] of written) {
    it(`are written with ${JSON.stringify(state)} and the low half of the trace id for ${sampling}`, () => {
      assert.deepEqual(inject(ottrace, contextOf({ sampling })), {
        'ot-tracer-traceid': LOW,
        'ot-tracer-spanid': SPAN,
        ...state,
      })
    })
  }

  it('are not written where the low half of the trace id is zero, nor without ids', () => {
    assert.deepEqual(inject(ottrace, contextOf({ trace: { traceId: `${LOW}${'0'.repeat(16)}` } })), {})
    assert.deepEqual(inject(ottrace, contextOf({ trace: { traceId: '' }, span: '' })), {})
  })

  it('carry baggage as it is, and leave out what a header cannot hold', () => {
    const baggage = {
      user: 'a b%20=;',
      Upper: '1',
      upper: '2',
      'sp ace': '1',
      line: 'a\nb',
      name: 'Zoë',
      far: '日',
      empty: '',
    }
    const {
      'ot-tracer-traceid': _,
      'ot-tracer-spanid': __,
      'ot-tracer-sampled': ___,
      ...rest
    } = inject(ottrace, contextOf({ baggage }))
    assert.deepEqual(rest, { 'ot-baggage-user': 'a b%20=;', 'ot-baggage-upper': '1', 'ot-baggage-empty': '' })
  })

  it('carry any baggage in a text map', () => {
    const written = inject(ottrace, contextOf({ baggage: { name: 'Zoë 日' } }), 'text_map')
    assert.equal(written['ot-baggage-name'], 'Zoë 日')
    assert.deepEqual(extract(ottrace, written, 'text_map')?.baggage, { name: 'Zoë 日' })
  })

  it('bound their baggage', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'v']))
    const names = Object.keys(inject(ottrace, contextOf({ baggage: many })))
    assert.equal(names.filter((name) => name.startsWith('ot-baggage-')).length, 64)
  })
})
