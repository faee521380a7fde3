import assert from 'node:assert/strict'
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
]
const composites = [
  formats('b3multi', 'jaeger', 'tracecontext', 'baggage'),
  formats('tracecontext', 'b3', 'baggage'),
  formats('jaeger'),
]

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

/** Every run of digits in `input`, as an id could have been made of it. */
function idsIn(input: unknown): Set<string> {
  const found = new Set<string>()
  const text = typeof input === 'object' && input !== null ? Object.values(input).flat().map(textOf).join(' ') : ''
  for (const [digits] of text.replace(/%3a/gi, ' ').matchAll(/[0-9a-f]+/gi)) {
    found.add(digits.toLowerCase().padStart(16, '0'))
    found.add(digits.toLowerCase().padStart(32, '0'))
  }
  return found
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
}

function assertValid(written: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(written)) {
    assert.match(name, /^[!#$%&'*+.^_`|~0-9a-z-]+$/)
    assert.match(text as string, FORMS[name] ?? (name.startsWith('uberctx-') ? /^[\x21-\x7e]*$/ : /^\b$/))
    assert.doesNotMatch(
      text as string,
      name.startsWith('uberctx-') || name === 'baggage' ? /^\b$/ : /(^|[-:])(0{16}|0{32})([-:]|$)/,
    )
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
          assert.equal(trace === undefined, span === undefined)
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
    for (const name of ['b3', 'b3multi', 'jaeger'] as const) {
      fc.assert(
        fc.property(contexts, (context) => {
          const written = {}
          const { inject, extract } = carriers(formats(name))
          inject(context, 'http_headers', written)
          const { baggage: _, ...read } = plain(extract('http_headers', written) as SpanContext)
          const { baggage: __, ...original } = plain(context)
          assert.deepEqual(read, original)
        }),
      )
    }
  })

  it('reads the binary form of anything without throwing', () => {
    const { extract } = carriers(formats('jaeger'))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (buffer) => void extract('binary', { buffer })))
  })
})
