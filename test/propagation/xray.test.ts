import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contextOf, extract, formats, inject, SPAN, TRACE, type Plain } from '../support/headers.js'
import { tracing } from '../support/tracing.js'

const xray = formats('xray')

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793'
const PARENT = 'Parent=53995c3f42cd8ad8'
const trace = '5759e988bd862e3fe1be46a994272793'
const ids = { trace, span: '53995c3f42cd8ad8' }
const SELF = 'Self=1-67891234-12456789abcdef0123456789'
const LINEAGE = 'Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2'

describe('x-amzn-trace-id', () => {
  const cases: readonly (readonly [value: unknown, expected: Plain | null])[] = [
    [`${ROOT};${PARENT};Sampled=1`, { ...ids, sampling: 'accepted' }],
    [`${ROOT};${PARENT};Sampled=0`, { ...ids, sampling: 'denied' }],
    [`${ROOT};${PARENT};Sampled=?`, { ...ids, sampling: 'undecided' }],
    [`${ROOT};${PARENT}`, { ...ids, sampling: 'undecided' }],
    [`${ROOT};${PARENT};Sampled=yes`, { ...ids, sampling: 'undecided' }],
    [`Sampled=1;${ROOT};${PARENT}`, { ...ids, sampling: 'accepted' }],
    [`${PARENT};Sampled=1;${ROOT}`, { ...ids, sampling: 'accepted' }],
    [` ${ROOT} ; ${PARENT} ;\tSampled = 1 ;`, { ...ids, sampling: 'accepted' }],
    [`${ROOT};${PARENT};Sampled=1`.toUpperCase(), { ...ids, sampling: 'accepted' }],
    [`root=1-5759e988-bd862e3fe1be46a994272793;PARENT=53995c3f42cd8ad8;sampled=1`, { ...ids, sampling: 'accepted' }],
    [`${ROOT};${PARENT};Sampled=1;Sampled=0;${ROOT}`, { ...ids, sampling: 'accepted' }],
    [`${ROOT};${PARENT};Sampled=1, Root=junk`, { ...ids, sampling: 'accepted' }],
    [[`${ROOT};${PARENT};Sampled=1`], { ...ids, sampling: 'accepted' }],
    [ROOT, { trace, sampling: 'undecided' }],
    [`${ROOT};Sampled=1`, { trace, sampling: 'accepted' }],
    [`${ROOT};Sampled=0`, { trace, sampling: 'denied' }],
    [`${SELF};${ROOT}`, { trace, sampling: 'undecided', opaque: { xray: SELF } }],
    [`${ROOT};${PARENT};Sampled=1;${LINEAGE}`, { ...ids, sampling: 'accepted', opaque: { xray: LINEAGE } }],
    [
      `${SELF};${ROOT};${PARENT};Sampled=1;a=1;b.c=`,
      { ...ids, sampling: 'accepted', opaque: { xray: `${SELF};a=1;b.c=` } },
    ],
    [
      `${ROOT};${PARENT};a=${'x'.repeat(298)};b=${'y'.repeat(90)}`,
      { ...ids, sampling: 'undecided', opaque: { xray: `a=${'x'.repeat(298)}` } },
    ],
    [`${ROOT};a=${'x'.repeat(299)};b=1`, { trace, sampling: 'undecided', opaque: { xray: 'b=1' } }],
    [`${ROOT};${PARENT};junk;=1;sp ace=1;a=\u00e9;9=1`, { ...ids, sampling: 'undecided' }],
    ['Sampled=0', { sampling: 'denied' }],
    [`${PARENT};Sampled=1`, { sampling: 'accepted' }],
    [PARENT, null],
    ['Sampled=?', null],
    ['Root=2-5759e988-bd862e3fe1be46a994272793;Sampled=1', null],
    ['Root=1-5759e98-bd862e3fe1be46a994272793', null],
    ['Root=1-5759e988-bd862e3fe1be46a99427279', null],
    ['Root=1-5759e988-bd862e3fe1be46a9942727933', null],
    ['Root=1-5759e988bd862e3fe1be46a994272793', null],
    ['Root=5759e988-bd862e3fe1be46a994272793', null],
    ['Root=1-5759e98g-bd862e3fe1be46a994272793', null],
    ['Root=1-00000000-000000000000000000000000', null],
    [`Root=x${ROOT.slice(5)};${PARENT};Sampled=1`, null],
    [`Root=;${PARENT};Sampled=1`, null],
    [`${ROOT};Parent=0000000000000000;Sampled=1`, null],
    [`${ROOT};Parent=53995c3f42cd8ad;Sampled=1`, null],
    [`${ROOT};Parent=53995c3f42cd8ad8a;Sampled=1`, null],
    [`${ROOT};Parent=53995c3f42cd8adz;Sampled=1`, null],
    [`${ROOT};Parent=;Sampled=1`, null],
    [`, ${ROOT};${PARENT}`, null],
    ['junk', null],
    [';;;', null],
    ['', null],
    [`${ROOT};${PARENT};a=${'x'.repeat(512)}`, null],
    [7, null],
    [{}, null],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)?.slice(0, 100)} as ${expected?.sampling ?? 'nothing'}`, () => {
      assert.deepEqual(extract(xray, { 'x-amzn-trace-id': value }), expected)
    })
  }

  const written = [
    ['accepted', '1'],
    ['denied', '0'],
    ['debug', '1'],
    ['undecided', '?'],
  ] as const
  for (const [sampling, state] of written) {
    it(`is written with Sampled=${state} for ${sampling}`, () => {
      assert.deepEqual(inject(xray, contextOf({ sampling })), {
        'x-amzn-trace-id': `Root=1-5b8efff7-98038103d269b633813fc60c;Parent=${SPAN};Sampled=${state}`,
      })
    })
  }

  it('carries on what others have added, with new parents', () => {
    const added = `${SELF};a=1`
    const text = inject(xray, contextOf({ trace: { opaque: { xray: added } } }))['x-amzn-trace-id']
    assert.equal(text, `Root=1-5b8efff7-98038103d269b633813fc60c;Parent=${SPAN};Sampled=1;${added}`)
  })

  it('reads what it has written, a trace without a parent too', () => {
    for (const sampling of ['accepted', 'denied', 'undecided'] as const) {
      for (const span of [SPAN, '']) {
        const read = extract(xray, inject(xray, contextOf({ sampling, span })))
        assert.deepEqual(read, { trace: TRACE, ...(span !== '' && { span }), sampling })
      }
    }
  })

  it('is not written without a trace', () => {
    assert.deepEqual(inject(xray, contextOf({ trace: { traceId: '' }, span: '' })), {})
  })
})

describe('a trace without a parent', () => {
  const rootOnly = { 'x-amzn-trace-id': ROOT }

  it('gives way to another format that knows a parent', () => {
    const both = { ...rootOnly, traceparent: `00-${TRACE}-${SPAN}-01` }
    assert.deepEqual(extract(formats('xray', 'tracecontext'), both), { trace: TRACE, span: SPAN, sampling: 'accepted' })
  })

  it('counts where no other format has ids', () => {
    assert.deepEqual(extract(formats('b3', 'xray'), { ...rootOnly, b3: '0' }), { trace, sampling: 'denied' })
  })

  it('is continued by a span that has no parent', () => {
    const { tracer } = tracing({ OTEL_PROPAGATORS: 'xray' })
    const parent = tracer.extract('http_headers', { 'X-Amzn-Trace-Id': `${SELF};${ROOT};Sampled=1` })
    const context = tracer.startSpan('span', { childOf: parent }).context()
    assert.equal(context.toTraceId(), trace)
    assert.equal(context.parentId, undefined)
    const headers: Record<string, string> = {}
    tracer.inject(context, 'http_headers', headers)
    assert.equal(headers['x-amzn-trace-id'], `${ROOT};Parent=${context.toSpanId()};Sampled=1;${SELF}`)
  })
})
