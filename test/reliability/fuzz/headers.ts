/**
 * Requests with forged headers, as bytes: names of all formats, values that nearly fit, values that do not at all.
 */
import * as fc from 'fast-check'

const NAMES =
  'b3 X-B3-TraceId X-B3-SpanId X-B3-ParentSpanId X-B3-Sampled X-B3-Flags uber-trace-id uberctx-a uberctx- jaeger-debug-id jaeger-baggage traceparent tracestate baggage x-amzn-trace-id x-cloud-trace-context' +
  ' ot-tracer-traceid ot-tracer-spanid ot-tracer-sampled ot-baggage-a sw8 sw8-correlation Host User-Agent X-Forwarded-For Authorization Cookie __proto__ constructor toString Accept Referer'
const VALID = [
  '5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-1-eee19b7ec3c1b173',
  '5b8efff798038103d269b633813fc60c',
  'eee19b7ec3c1b174',
  '5b8efff798038103d269b633813fc60c:eee19b7ec3c1b174:0:1',
  '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01',
  'vendor=value,other@tenant=1',
  'key=value;property=1,other=%E2%82%AC',
  'Root=1-5b8efff7-98038103d269b633813fc60c;Parent=eee19b7ec3c1b174;Sampled=1',
  '5b8efff798038103d269b633813fc60c/17208461094174036340;o=1',
  '1-NWI4ZWZmZg==-ZWVl-1-YQ==-YQ==-YQ==-YQ==',
  'd',
  '1',
  '0',
]

/** What may stand in a header: anything else ends the connection with 400, the same one way and the other. */
const legal = fc.integer({ min: 0, max: 190 }).map((n) => String.fromCharCode(n < 95 ? n + 32 : n + 65))
const junk = fc.string({ unit: legal, maxLength: 40 })
const mutated = fc
  .tuple(fc.constantFrom(...VALID), fc.nat(80), fc.nat(3), fc.string({ unit: legal, maxLength: 4 }))
  .map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut))
const repeated = fc
  .tuple(fc.constantFrom(...VALID, ',', ';', '=', '%', '-', ':'), fc.integer({ min: 2, max: 40 }))
  .map(([text, times]) => Array<string>(times).fill(text).join(','))
const value = fc.oneof(
  { arbitrary: mutated, weight: 6 },
  { arbitrary: fc.constantFrom(...VALID), weight: 2 },
  { arbitrary: junk, weight: 3 },
  { arbitrary: repeated, weight: 1 },
)
const name = fc.oneof(
  { arbitrary: fc.constantFrom(...NAMES.split(' ')), weight: 12 },
  { arbitrary: fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/), weight: 1 },
)
const path = fc.oneof(
  { arbitrary: fc.constant('/'), weight: 4 },
  { arbitrary: fc.stringMatching(/^\/[!-~]{0,30}$/), weight: 1 },
  {
    arbitrary: fc.constantFrom('*', 'http://u:p@h/?token=1', '/?a=%zz&token', '//', '/%00', '/?eyJhbGciOi.a.b'),
    weight: 1,
  },
)
const method = fc.oneof(
  { arbitrary: fc.constant('GET'), weight: 6 },
  { arbitrary: fc.constantFrom('POST', 'OPTIONS', 'DELETE', 'PROPFIND', 'PATCH'), weight: 1 },
)

/** One header of one request is a case. */
export const anyRequest = fc
  .tuple(method, path, fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }))
  .map(([method, path, headers]) => ({
    cases: headers.length,
    text: `${method} ${path} HTTP/1.1\r\nHost: h\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  }))

/** A few bytes anywhere, to see what a broken head does. */
export const broken = fc
  .tuple(anyRequest, fc.nat(400), fc.string({ unit: 'binary-ascii', maxLength: 3 }))
  .map(([{ text, cases }, at, put]) => ({ cases, text: text.slice(0, at) + put + text.slice(at + 1) }))
