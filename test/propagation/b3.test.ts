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

const b3multi = formats('b3multi')
const b3 = formats('b3')

const T = '80f198ee56343ba864fe8b2a57d3eff7'
const S = 'e457b5a2e4d86bd1'
const P = '05e3ac9a4f6e3b90'
const ids = { trace: T, span: S }

describe('b3 single header', () => {
  const cases: readonly (readonly [value: unknown, expected: Plain | null])[] = [
    [`${T}-${S}-1-${P}`, { ...ids, parent: P, sampling: 'accepted' }],
    [`${T}-${S}-0-${P}`, { ...ids, parent: P, sampling: 'denied' }],
    [`${T}-${S}-d-${P}`, { ...ids, parent: P, sampling: 'debug' }],
    [`${T}-${S}-d`, { ...ids, sampling: 'debug' }],
    [`${T}-${S}-1`, { ...ids, sampling: 'accepted' }],
    [`${T}-${S}`, { ...ids, sampling: 'undecided' }],
    [
      `64fe8b2a57d3eff7-${S}-0`,
      { trace: '000000000000000064fe8b2a57d3eff7', span: S, sampling: 'denied', narrow: true },
    ],
    ['0', { sampling: 'denied' }],
    ['1', { sampling: 'accepted' }],
    ['d', { sampling: 'debug' }],
    [' \t1 ', { sampling: 'accepted' }],
    [`${T}-${S}-${P}`, { ...ids, parent: P, sampling: 'undecided' }],
    [`${T.toUpperCase()}-${S.toUpperCase()}-1`, { ...ids, sampling: 'accepted' }],
    [`${T}-${S}-1-${'0'.repeat(16)}`, { ...ids, sampling: 'accepted' }],
    [`  ${T}-${S}-1\t`, { ...ids, sampling: 'accepted' }],
    ['0, 1', { sampling: 'denied' }],
    [`${T}-${S}-1, ${T}-${P}-0`, { ...ids, sampling: 'accepted' }],
    [[`${T}-${S}-1`], { ...ids, sampling: 'accepted' }],
    [[7, `${T}-${S}-1`, '0'], { ...ids, sampling: 'accepted' }],
    [`${T}-${S}-`, null],
    [`${T}-${S}-2`, null],
    [`${T}-${S}-D`, null],
    [`${T}-${S}-true`, null],
    [`${'0'.repeat(32)}-${S}-1`, null],
    [`${T}-${'0'.repeat(16)}-1`, null],
    [`zz${T}-${S}-1`, null],
    [`zz${T}-${S}-1zz`, null],
    [`${T}-${S}-1zz`, null],
    [`${T.slice(1)}g-${S}-1`, null],
    [`${T}-${S}-1-${P}-1`, null],
    [`${T}-${S}-1-${P.slice(1)}`, null],
    [`${T}-${S.slice(1)}-1`, null],
    [`${T.slice(1)}-${S}-1`, null],
    [`${T}0-${S}-1`, null],
    [`${T}-${S}--${P}`, null],
    ['b970dafd-0d95-41aa-95d8-1d8725aebe40', null],
    ['-', null],
    ['---', null],
    ['', null],
    ['a', null],
    ['true', null],
    ['2', null],
    [`, ${T}-${S}-1`, null],
    [`malformed, ${T}-${S}-1`, null],
    ['1'.repeat(100_000), null],
    [1, null],
    [{}, null],
    [[], null],
    [undefined, null],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)?.slice(0, 90)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(b3, { b3: value }), expected)
    })
  }

  it('falls back to X-B3-* where it is malformed', () => {
    const multi = { 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-sampled': '1' }
    assert.deepEqual(extract(b3, { b3: `${T}-${S}-9`, ...multi }), { ...ids, sampling: 'accepted' })
  })

  it('has precedence over X-B3-*', () => {
    const multi = { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' }
    for (const composite of [b3, b3multi]) {
      assert.deepEqual(extract(composite, { b3: `${T}-${S}-0`, ...multi }), { ...ids, sampling: 'denied' })
    }
  })

  it('with a decision alone decides about the ids of X-B3-*', () => {
    const multi = { 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-sampled': '1' }
    assert.deepEqual(extract(b3, { b3: '0', ...multi }), { ...ids, sampling: 'denied' })
  })

  const written: readonly (readonly [name: string, parts: Parameters<typeof contextOf>[0], expected: Headers])[] = [
    ['ids, decision and parent', { parent: PARENT }, { b3: `${TRACE}-${SPAN}-1-${PARENT}` }],
    ['no parent on a root', {}, { b3: `${TRACE}-${SPAN}-1` }],
    ['a refusal', { sampling: 'denied' }, { b3: `${TRACE}-${SPAN}-0` }],
    ['debug', { sampling: 'debug' }, { b3: `${TRACE}-${SPAN}-d` }],
    ['ids alone where nobody has decided', { sampling: 'undecided', parent: PARENT }, { b3: `${TRACE}-${SPAN}` }],
    [
      '16 digits where 16 came',
      { trace: { traceId: `${'0'.repeat(16)}${PARENT}`, narrow: true } },
      { b3: `${PARENT}-${SPAN}-1` },
    ],
    ['a refusal without ids', { trace: { traceId: '' }, span: '', sampling: 'denied' }, { b3: '0' }],
    ['debug without ids', { trace: { traceId: '' }, span: '', sampling: 'debug' }, { b3: 'd' }],
    ['nothing where there is nothing', { trace: { traceId: '' }, span: '', sampling: 'undecided' }, {}],
  ]
  for (const [name, parts, expected] of written) {
    it(`writes ${name}`, () => assert.deepEqual(inject(b3, contextOf(parts)), expected))
  }
})

describe('b3 multi headers', () => {
  const good = { 'x-b3-traceid': T, 'x-b3-spanid': S, 'x-b3-parentspanid': P, 'x-b3-sampled': '1' }
  const found = { ...ids, parent: P }
  const cases: readonly (readonly [name: string, headers: Headers, expected: Plain | null])[] = [
    ['all of them', good, { ...found, sampling: 'accepted' }],
    ['no decision', { ...good, 'x-b3-sampled': undefined }, { ...found, sampling: 'undecided' }],
    ['a refusal', { ...good, 'x-b3-sampled': '0' }, { ...found, sampling: 'denied' }],
    ['Sampled: true', { ...good, 'x-b3-sampled': 'true' }, { ...found, sampling: 'accepted' }],
    ['Sampled: TRUE', { ...good, 'x-b3-sampled': 'TRUE' }, { ...found, sampling: 'accepted' }],
    ['Sampled: False', { ...good, 'x-b3-sampled': 'False' }, { ...found, sampling: 'denied' }],
    ['Sampled with white space', { ...good, 'x-b3-sampled': ' 1 ' }, { ...found, sampling: 'accepted' }],
    ['junk for Sampled', { ...good, 'x-b3-sampled': 'yes' }, { ...found, sampling: 'undecided' }],
    ['2 for Sampled', { ...good, 'x-b3-sampled': '2' }, { ...found, sampling: 'undecided' }],
    ['d for Sampled', { ...good, 'x-b3-sampled': 'd' }, { ...found, sampling: 'undecided' }],
    ['an empty Sampled', { ...good, 'x-b3-sampled': '' }, { ...found, sampling: 'undecided' }],
    [
      'Flags: 1 for Sampled',
      { ...good, 'x-b3-sampled': undefined, 'x-b3-flags': '1' },
      { ...found, sampling: 'debug' },
    ],
    [
      'Flags: 1 against a refusal',
      { ...good, 'x-b3-sampled': '0', 'x-b3-flags': '1' },
      { ...found, sampling: 'debug' },
    ],
    ['Flags: 0', { ...good, 'x-b3-flags': '0' }, { ...found, sampling: 'accepted' }],
    ['other Flags', { ...good, 'x-b3-flags': '11' }, { ...found, sampling: 'accepted' }],
    ['Sampled: 1 alone', { 'x-b3-sampled': '1' }, { sampling: 'accepted' }],
    ['Sampled: 0 alone', { 'x-b3-sampled': '0' }, { sampling: 'denied' }],
    ['Flags: 1 alone', { 'x-b3-flags': '1' }, { sampling: 'debug' }],
    ['junk for Sampled alone', { 'x-b3-sampled': 'maybe' }, null],
    ['the trace id alone', { 'x-b3-traceid': T }, null],
    ['the span id alone', { 'x-b3-spanid': S }, null],
    ['the span id and a decision', { 'x-b3-spanid': S, 'x-b3-sampled': '0' }, { sampling: 'denied' }],
    ['a bad trace id', { ...good, 'x-b3-traceid': `zz${T}` }, { sampling: 'accepted' }],
    ['a trace id with a bad digit', { ...good, 'x-b3-traceid': `${T.slice(1)}g` }, { sampling: 'accepted' }],
    ['a trace id of zeros', { ...good, 'x-b3-traceid': '0'.repeat(32) }, { sampling: 'accepted' }],
    ['a trace id that is too long', { ...good, 'x-b3-traceid': `${T}a` }, { sampling: 'accepted' }],
    ['a span id of zeros', { ...good, 'x-b3-spanid': '0'.repeat(16) }, { sampling: 'accepted' }],
    ['a span id that is too long', { ...good, 'x-b3-spanid': `${S}1` }, { sampling: 'accepted' }],
    ['a bad parent', { ...good, 'x-b3-parentspanid': 'zz' }, { ...ids, sampling: 'accepted' }],
    ['a parent of zeros', { ...good, 'x-b3-parentspanid': '0'.repeat(16) }, { ...ids, sampling: 'accepted' }],
    [
      'upper case',
      { ...good, 'x-b3-traceid': T.toUpperCase(), 'x-b3-spanid': S.toUpperCase() },
      { ...found, sampling: 'accepted' },
    ],
    [
      'a narrow trace id',
      { ...good, 'x-b3-traceid': '48485a3953bb6124' },
      { ...found, trace: '000000000000000048485a3953bb6124', narrow: true, sampling: 'accepted' },
    ],
    [
      'ids whose leading zeros are gone, as Jaeger clients send them',
      { 'x-b3-traceid': 'abc', 'x-b3-spanid': '1', 'x-b3-sampled': '1' },
      { trace: 'abc'.padStart(32, '0'), span: '1'.padStart(16, '0'), narrow: true, sampling: 'accepted' },
    ],
    [
      'every header twice',
      { 'x-b3-traceid': `${T}, ${TRACE}`, 'x-b3-spanid': `${S}, ${SPAN}`, 'x-b3-sampled': '1, 0' },
      { ...ids, sampling: 'accepted' },
    ],
    ['names in any case', { 'X-B3-TraceId': T, 'X-B3-SPANID': S, 'X-b3-Sampled': '0' }, { ...ids, sampling: 'denied' }],
    ['nothing', {}, null],
  ]
  for (const [name, headers, expected] of cases) {
    it(`reads ${name}`, () => assert.deepEqual(extract(b3multi, headers), expected))
  }

  it('reads the single header too', () => {
    assert.deepEqual(extract(b3multi, { b3: `${T}-${S}-d` }), { ...ids, sampling: 'debug' })
  })

  const written: readonly (readonly [name: string, parts: Parameters<typeof contextOf>[0], expected: Headers])[] = [
    [
      'ids, parent and decision',
      { parent: PARENT },
      { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-parentspanid': PARENT, 'x-b3-sampled': '1' },
    ],
    ['a refusal', { sampling: 'denied' }, { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '0' }],
    ['debug without Sampled', { sampling: 'debug' }, { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-flags': '1' }],
    ['no decision where there is none', { sampling: 'undecided' }, { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN }],
    [
      '16 digits where 16 came',
      { trace: { traceId: `${'0'.repeat(16)}${PARENT}`, narrow: true } },
      { 'x-b3-traceid': PARENT, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
    ],
    ['a refusal without ids', { trace: { traceId: '' }, span: '', sampling: 'denied' }, { 'x-b3-sampled': '0' }],
    ['debug without ids', { trace: { traceId: '' }, span: '', sampling: 'debug' }, { 'x-b3-flags': '1' }],
  ]
  for (const [name, parts, expected] of written) {
    it(`writes ${name}`, () => assert.deepEqual(inject(b3multi, contextOf(parts)), expected))
  }

  it('keeps debug on the way from the single header to several and back', () => {
    const single = { b3: `${TRACE}-${SPAN}-d` }
    const context = contextOf({ sampling: 'debug' })
    assert.deepEqual(extract(b3multi, single), extract(b3multi, inject(b3multi, context)))
    assert.deepEqual(inject(b3, context), single)
  })
})
