import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextOf, extract, formats, inject, SPAN, TRACE, type Plain } from '../support/headers.js'

const gcp = formats('gcp')

const trace = '105445aa7843bc8bf206b12000100000'
const one = { trace, span: '0000000000000001' }

describe('x-cloud-trace-context', () => {
  const cases: readonly (readonly [value: unknown, expected: Plain | null])[] = [
    [`${trace}/1;o=1`, { ...one, sampling: 'accepted' }],
    [`${trace}/1;o=0`, { ...one, sampling: 'denied' }],
    [`${trace}/1`, { ...one, sampling: 'undecided' }],
    [`${trace}/1;o=3`, { ...one, sampling: 'accepted' }],
    [`${trace}/1;o=2`, { ...one, sampling: 'denied' }],
    [`${trace}/1;o=`, { ...one, sampling: 'undecided' }],
    [`${trace}/1;o=yes`, { ...one, sampling: 'undecided' }],
    [`${trace}/1;o=-1`, { ...one, sampling: 'undecided' }],
    [`${trace}/1;o=11111111111`, { ...one, sampling: 'undecided' }],
    [`${trace}/1;`, { ...one, sampling: 'undecided' }],
    [`${trace}/1; o=1 `, { ...one, sampling: 'accepted' }],
    [`  ${trace}/1;o=1\t`, { ...one, sampling: 'accepted' }],
    [`${trace}/001;o=1`, { ...one, sampling: 'accepted' }],
    [`${trace}/10;o=1`, { trace, span: '000000000000000a', sampling: 'accepted' }],
    [`${trace}/18446744073709551615;o=1`, { trace, span: 'ffffffffffffffff', sampling: 'accepted' }],
    [`${trace}/9007199254740993;o=1`, { trace, span: '0020000000000001', sampling: 'accepted' }],
    [`${trace}/17213210219539181940;o=1`, { trace, span: SPAN, sampling: 'accepted' }],
    [`${trace.toUpperCase()}/1;o=1`, { ...one, sampling: 'accepted' }],
    [`${trace}/1;o=1, ${TRACE}/2;o=0`, { ...one, sampling: 'accepted' }],
    [[`${trace}/1;o=1`], { ...one, sampling: 'accepted' }],
    [`${trace}/0;o=1`, { trace, sampling: 'accepted' }],
    [`${trace};o=1`, { trace, sampling: 'accepted' }],
    [`${trace}/;o=0`, { trace, sampling: 'denied' }],
    [trace, { trace, sampling: 'undecided' }],
    [`${trace}/18446744073709551616;o=1`, null],
    [`${trace}/99999999999999999999;o=1`, null],
    [`${trace}/111111111111111111111;o=1`, null],
    [`${trace}/abc`, null],
    [`${trace}/-1;o=1`, null],
    [`${trace}/1.0;o=1`, null],
    [`${trace}/0x1;o=1`, null],
    [`${trace}/1e3;o=1`, null],
    [`${trace}/ 1;o=1`, null],
    [`${trace}/1/2;o=1`, null],
    [`${trace.slice(1)}/1;o=1`, null],
    [`0${trace}/1;o=1`, null],
    [`g${trace.slice(1)}/1;o=1`, null],
    [`${'0'.repeat(32)}/1;o=1`, null],
    ['/1;o=1', null],
    ['o=1', null],
    [';o=1', null],
    [`, ${trace}/1`, null],
    [`zz${trace}/1`, null],
    ['', null],
    [`${trace}/1;${'o'.repeat(200)}`, null],
    [1, null],
    [{}, null],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)?.slice(0, 80)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(gcp, { 'x-cloud-trace-context': value }), expected)
    })
  }

  const written = [
    ['accepted', ';o=1'],
    ['denied', ';o=0'],
    ['debug', ';o=1'],
    ['undecided', ''],
  ] as const
  for (const [sampling, options] of written) {
    it(`is written with "${options}" for ${sampling}`, () => {
      assert.deepEqual(inject(gcp, contextOf({ sampling })), {
        'x-cloud-trace-context': `${TRACE}/17213210219539181940${options}`,
      })
    })
  }

  it('keeps every digit of a span id, both ways', () => {
    for (const span of [
      '0000000000000001',
      '001fffffffffffff',
      '0020000000000001',
      '8000000000000000',
      'ffffffffffffffff',
    ]) {
      assert.equal(extract(gcp, inject(gcp, contextOf({ span })))?.span, span)
    }
  })

  it('is written without a span where there is none, and not without a trace', () => {
    assert.deepEqual(inject(gcp, contextOf({ span: '' })), { 'x-cloud-trace-context': `${TRACE};o=1` })
    assert.deepEqual(inject(gcp, contextOf({ trace: { traceId: '' }, span: '' })), {})
  })
})
