import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { carriers } from '../../src/propagation/carriers.js'
import type { SpanContext } from '../../src/tracer/context.js'
import { contextOf, formats, plain, type Decision } from '../support/headers.js'

const names = [
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  'uber-trace-id',
  'uberctx-a',
  'jaeger-debug-id',
  'jaeger-baggage',
  'traceparent',
  'tracestate',
  'baggage',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'ot-tracer-traceid',
  'ot-tracer-spanid',
  'ot-tracer-sampled',
  'ot-baggage-a',
  'sw8',
  'sw8-correlation',
]
const composites = [
  formats('b3multi', 'jaeger', 'tracecontext', 'baggage'),
  formats('tracecontext', 'b3', 'baggage'),
  formats('jaeger'),
  formats('xray'),
  formats('gcp'),
  formats('ottrace'),
  formats('sw8'),
  formats('sw8', 'gcp', 'ottrace', 'xray', 'b3', 'jaeger', 'tracecontext', 'baggage'),
]

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom(...'0123456789abcdefABCDEF'.split('')) })
const id = fc.oneof(
  hex(32),
  hex(16),
  hex(1),
  hex(15),
  hex(33),
  fc.constant('0'.repeat(16)),
  fc.constant('0'.repeat(32)),
)
const state = fc.constantFrom('0', '1', 'd', '3', '00', '01', 'ff', 'true', '', 'zz')
const formatted = fc.oneof(
  fc.tuple(id, id, state, id).map(([trace, span, sampled, parent]) => `${trace}-${span}-${sampled}-${parent}`),
  fc.tuple(id, id, state, id).map(([trace, span, flags, parent]) => `${trace}:${span}:${parent}:${flags}`),
  fc.tuple(id, id, state).map(([trace, span, flags]) => `00-${trace}-${span}-${flags}`),
  fc
    .tuple(id, id, state)
    .map(
      ([trace, span, sampled]) =>
        `Self=x;Root=1-${trace.slice(0, 8)}-${trace.slice(8)};Parent=${span};Sampled=${sampled}`,
    ),
  fc.tuple(id, fc.bigInt(-1n, 2n ** 65n), state).map(([trace, span, options]) => `${trace}/${span};o=${options}`),
  fc
    .tuple(fc.oneof(id, fc.string()), fc.oneof(id, fc.string()), fc.constantFrom('0', '1', 'x'))
    .map(([trace, segment, digit]) => `${digit}-${base64(trace)}-${base64(segment)}-${digit}-A-A-A-A`),
  fc
    .array(fc.tuple(fc.string(), fc.string({ unit: 'binary' })))
    .map((pairs) => pairs.map((pair) => pair.join('=')).join(',')),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  id,
  state,
  formatted,
  fc.string({ unit: 'binary' }),
  fc.anything(),
  fc.array(formatted),
)
const headers = fc.oneof(
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(...names),
      fc.string().map((key) => `uberctx-${key}`),
    ),
    value,
    { maxKeys: 8 },
  ),
  fc.anything(),
)

/** Every id that could have been made of `input`: runs of hex digits, decimal numbers, and what sw8's texts stand for. */
function idsIn(input: unknown): Set<string> {
  const found = new Set<string>()
  const text = typeof input === 'object' && input !== null ? Object.values(input).flat().map(textOf).join(' ') : ''
  const add = (digits: string): unknown =>
    found.add(digits.toLowerCase().padStart(16, '0')) && found.add(digits.toLowerCase().padStart(32, '0'))
  for (const [digits] of text.replace(/%3a/gi, ' ').matchAll(/[0-9a-f]+/gi)) add(digits)
  for (const [, seconds, rest] of text.matchAll(/1-([0-9a-f]{8})-([0-9a-f]{24})/gi)) add(`${seconds}${rest}`)
  for (const [digits] of text.matchAll(/\d{1,20}/g)) add(BigInt(digits).toString(16))
  for (const [, trace = '', segment = '', index] of text.matchAll(/[01]-([\w+/=]+)-([\w+/=]+)-(\d+)-/g)) {
    const [traceText, segmentText] = [trace, segment].map((part) => Buffer.from(part, 'base64').toString())
    for (const id of [traceText, segmentText]) add(id ?? '')
    add(sha256(traceText ?? '').slice(0, 32))
    add(sha256(`${segmentText}/${index}`).slice(0, 16))
  }
  return found
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const FORMS: Readonly<Record<string, RegExp>> = {
  b3: /^([01d]|([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}(-[01d](-[0-9a-f]{16})?)?)$/,
  'x-b3-traceid': /^([0-9a-f]{32}|[0-9a-f]{16})$/,
  'x-b3-spanid': /^[0-9a-f]{16}$/,
  'x-b3-parentspanid': /^[0-9a-f]{16}$/,
  'x-b3-sampled': /^[01]$/,
  'x-b3-flags': /^1$/,
  'uber-trace-id': /^([0-9a-f]{32}|[0-9a-f]{16}):[0-9a-f]{16}:(0|[0-9a-f]{16}):[013]$/,
  traceparent: /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/,
  tracestate: /^[\x20-\x7e]{1,16500}$/,
  baggage: /^[\x21-\x7e][\x20-\x7e]{0,8191}$/,
  'x-amzn-trace-id':
    /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;Parent=[0-9a-f]{16})?;Sampled=[01?](;[A-Za-z][\w.-]*=[\x21-\x7e]*)*$/,
  'x-cloud-trace-context': /^[0-9a-f]{32}(\/[1-9][0-9]{0,19})?(;o=[01])?$/,
  'ot-tracer-traceid': /^[0-9a-f]{16}$/,
  'ot-tracer-spanid': /^[0-9a-f]{16}$/,
  'ot-tracer-sampled': /^(true|false)$/,
  sw8: /^[01]-[A-Za-z0-9+/]+={0,2}-[A-Za-z0-9+/]+={0,2}-0(-[A-Za-z0-9+/]+={0,2}){4}$/,
  'sw8-correlation': /^[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]*(,[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]*){0,2}$/,
}
const PREFIXED: readonly (readonly [prefix: string, form: RegExp])[] = [
  ['uberctx-', /^[\x21-\x7e]*$/],
  ['ot-baggage-', /^[\x20-\x7e]*$/],
]
const FREE_TEXT = /^(uberctx-|ot-baggage-|baggage$|sw8|x-amzn-trace-id$)/

function assertValid(written: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(written)) {
    assert.match(name, /^[!#$%&'*+.^_`|~0-9a-z-]+$/)
    const prefixed = PREFIXED.find(([prefix]) => name.startsWith(prefix))
    assert.match(text as string, FORMS[name] ?? prefixed?.[1] ?? /^\b$/)
    if (!FREE_TEXT.test(name)) assert.doesNotMatch(text as string, /(^|[-:/])(0{16}|0{32})([-:/;]|$)/)
    if (name === 'x-amzn-trace-id') assert.doesNotMatch(text as string, /(^|;)(Root=1-0{8}-0{24}|Parent=0{16})/)
  }
}

const contexts = fc
  .record({
    trace: hex(32).map((traceId) => ({ traceId: traceId.toLowerCase().replace(/^.{2}/, 'a1'), narrow: false })),
    span: hex(16).map((text) => text.toLowerCase().replace(/^.{2}/, 'a1')),
    parent: fc.option(
      hex(16).map((text) => text.toLowerCase().replace(/^.{2}/, 'a1')),
      { nil: undefined },
    ),
    sampling: fc.constantFrom<Decision>('denied', 'accepted', 'debug'),
    baggage: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
  })
  .map(contextOf)

describe('every header format', () => {
  it('reads anything without throwing, and makes no id of its own', () => {
    fc.assert(
      fc.property(
        headers,
        fc.constantFrom(...composites),
        fc.constantFrom('http_headers', 'text_map'),
        (input, composite, format) => {
          const context = carriers(composite).extract(format, input)
          if (context === null) return
          const { trace, span, parent } = plain(context)
          const known = idsIn(input)
          for (const id of [trace, span, parent])
            assert.ok(id === undefined || known.has(id), `${id} came from nowhere`)
          assert.ok(trace !== undefined || span === undefined)
          assert.ok(trace === undefined || /^(?!0+$)[0-9a-f]{32}$/.test(trace))
          assert.ok(span === undefined || /^(?!0+$)[0-9a-f]{16}$/.test(span))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('writes nothing invalid, whatever was read', () => {
    fc.assert(
      fc.property(headers, fc.constantFrom(...composites), fc.constantFrom(...composites), (input, reader, writer) => {
        const context = carriers(reader).extract('http_headers', input)
        if (context === null) return
        const written: Record<string, unknown> = {}
        carriers(writer).inject(context, 'http_headers', written)
        assertValid(written)
      }),
      { numRuns: 1000 },
    )
  })

  it('writes nothing invalid, whatever baggage the application sets', () => {
    fc.assert(
      fc.property(contexts, fc.constantFrom(...composites), (context, composite) => {
        const written: Record<string, unknown> = {}
        carriers(composite).inject(context, 'http_headers', written)
        assertValid(written)
      }),
    )
  })

  it('reads what it has written', () => {
    const whole = (context: SpanContext): object => ({ ...plain(context), baggage: undefined })
    /** These formats have no place for the parent's parent, nor for debug. */
    const poorer = (context: SpanContext): object => {
      const { sampling } = plain(context)
      return { ...whole(context), parent: undefined, sampling: sampling === 'debug' ? 'accepted' : sampling }
    }
    const named = [
      ...(['b3', 'b3multi', 'jaeger'] as const).map((name) => [name, whole] as const),
      ...(['xray', 'gcp', 'sw8'] as const).map((name) => [name, poorer] as const),
    ]
    for (const [name, seen] of named) {
      fc.assert(
        fc.property(contexts, (context) => {
          const written = {}
          const { inject, extract } = carriers(formats(name))
          inject(context, 'http_headers', written)
          assert.deepEqual(seen(extract('http_headers', written) as SpanContext), seen(context))
        }),
      )
    }
  })

  it('reads the binary form of anything without throwing', () => {
    const { extract } = carriers(formats('jaeger'))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (buffer) => void extract('binary', { buffer })))
  })
})
