/**
 * The global `fetch` and the `undici` package: a span for each request sent, of a redirect's every hop.
 *
 * undici publishes a request's life on diagnostics channels, Node's copy and an installed one on the same. Only `create`
 * comes in the caller's scope; the others come in the scope of whichever request opened the connection, so the span hangs
 * on the request. undici's MockAgent publishes nothing: what it answers has no span.
 */
import type { Socket } from 'node:net'
import {
  defineInstrumentation,
  describe,
  fail,
  glimpse,
  Returns,
  type HeaderWriter,
  type Kit,
  type Span,
} from '../src/instrumentation.js'
import {
  callersHeaders,
  describeConnection,
  describeRequest,
  describeResponse,
  listOf,
  urlOf,
  type UndiciRequest,
  type UndiciResponse,
} from './fetch-describe.js'
import { patchDispatcher } from './fetch-dispatcher.js'
import { noteAnswer, noteFailure, noteSent } from './http-attempts.js'
import { capture, inList } from './http-capture.js'
import { isAbort, isSigned, methodOf } from './http-describe.js'
import { matcher } from './http-ignore.js'
import { prepare } from './http-peer.js'
import type { Facts } from './http-resends.js'

export const fetch = defineInstrumentation({
  name: 'fetch',
  summary: 'Requests sent by `fetch` and by undici',
  patches: [
    // Of the installed package alone: Node's own copy has no pool that could queue.
    { module: 'undici', versions: '>=5 <7', file: 'lib/dispatcher-base.js', optional: true, patch: patchDispatcher },
    {
      module: 'undici',
      versions: '>=6 <9',
      file: 'lib/dispatcher/dispatcher-base.js',
      optional: true,
      patch: patchDispatcher,
    },
  ],
  channels: {
    'undici:client:connected': ({ socket }: { readonly socket: unknown }) => prepare(socket),
    'undici:request:create': onCreate,
    'undici:client:sendHeaders': onSendHeaders,
    'undici:request:headers': onHeaders,
    'undici:request:trailers': onTrailers,
    'undici:request:error': onError,
  },
})

/** Spans under way. While there are none, no request needs to be looked at, which takes long where there is no stamp. */
let underWay = 0
/** From the first one that is recorded on all requests get a stamp, lest undici meet two kinds of them: see http-peer.ts. */
let hasRecorded = false

/** On a request. A stamp written out. */
class clientSpan extends Returns {
  #value: Span | undefined

  static get(request: object): Span | undefined {
    return underWay > 0 && #value in request ? request.#value : undefined
  }

  /** @param request one that has none */
  static set(request: object, value: Span): void {
    new clientSpan(request).#value = value
    underWay++
    hasRecorded = true
  }

  /** For one that is not recorded. */
  static setNone(request: object): void {
    if (hasRecorded) new clientSpan(request).#value = undefined
  }

  /** @returns the span, for the last time */
  static take(request: object): Span | undefined {
    if (underWay === 0 || !(#value in request) || request.#value === undefined) return undefined
    const value = request.#value
    request.#value = undefined
    underWay--
    return value
  }
}

/** Undefined unless asked for. */
let timing: typeof import('./http-timing.js') | undefined

// ---- channels ----

function onCreate({ request }: Message, kit: Kit): void {
  const { ignoreOutgoing, clientRequestHeaders, httpTimings } = kit.options
  if (httpTimings) timing ??= startTiming(kit)
  if (ignoreOutgoing.length > 0 && matcher(ignoreOutgoing)?.(`${String(request.origin)}${request.path}`)) return
  const span = kit.startSpan(methodOf(request.method), 'client')
  if (span === undefined) return
  if (span.record !== undefined) {
    clientSpan.set(request, span)
    describe(span, describeRequest, request, kit.options.redactedKeys)
    noteSent(span, factsOf, request, undefined)
  } else clientSpan.setNone(request)
  if (clientRequestHeaders.length > 0) capture(span, 'request', clientRequestHeaders, inList(listOf(request.headers)))
  const { names, authorization } = callersHeaders(request.headers)
  if (isSigned(request.path, authorization)) return
  const clashing = kit.clashing(span, names)
  const stale = clashing.length === 0 ? NONE : staleNames(span, names, request, kit)
  const present = stale.length === 0 ? clashing : names.filter((name) => !stale.includes(name))
  kit.inject(span, writerTo(request), present)
}

/** What is injected is fit for a header: to have undici look at each character of it once more would be waste. */
function writerTo(request: UndiciRequest): HeaderWriter {
  const { headers } = request
  if (!Array.isArray(headers)) return (name, value) => request.addHeader(name, value)
  return (name, value) => headers.push(name, value)
}

/** Before the first socket there is a request. */
function startTiming(kit: Kit): NonNullable<typeof timing> {
  const timing = require('./http-timing.js') as typeof import('./http-timing.js')
  timing.patchSockets(kit)
  return timing
}

const NONE: readonly string[] = []

/** Takes out what a proxy passes on although it is no longer true. The first undici keeps the head as text, and its own way. */
function staleNames(span: Span, names: readonly string[], { headers }: UndiciRequest, kit: Kit): readonly string[] {
  if (!Array.isArray(headers)) return NONE
  const list = headers as unknown[]
  const at = (name: string): number => 2 * names.indexOf(name)
  const stale = kit.passedOn(span, names, (name) => list[at(name) + 1])
  if (stale.length === 0) return NONE
  for (const index of stale.map(at).sort((a, b) => b - a)) list.splice(index, 2)
  return stale
}

function onSendHeaders({ request, socket }: Message & { readonly socket: Socket }, kit: Kit): void {
  const span = clientSpan.get(request)
  if (span === undefined) return
  describe(span, describeConnection, socket)
  timing?.logSteps(socket, span)
  if (isAnsweredInSilence(request)) kit.linger(span)
}

/** undici 5 says no more of a request that changes the protocol. */
function isAnsweredInSilence({ headers, method, upgrade }: UndiciRequest): boolean {
  return typeof headers === 'string' && (upgrade != null || method === 'CONNECT')
}

function onHeaders({ request, response }: Message & { readonly response: UndiciResponse }, kit: Kit): void {
  const span = clientSpan.get(request)
  if (span === undefined || isInterim(response)) return
  describe(span, describeResponse, response)
  timing?.logFirstByte(span)
  const { clientResponseHeaders } = kit.options
  if (clientResponseHeaders.length > 0) capture(span, 'response', clientResponseHeaders, inList(response.headers))
  noteAnswer(span, response.statusCode, factsOf, request, response)
  kit.linger(span)
}

function factsOf(request: UndiciRequest, response: UndiciResponse | undefined): Facts {
  return { method: request.method, url: urlOf(request), location: inList(response?.headers)('location')?.[0] }
}

/** 103 and its like: the response proper is still to come. */
function isInterim({ statusCode }: UndiciResponse): boolean {
  return statusCode !== null && statusCode < 200 && statusCode !== 101
}

/** The body has arrived whole, or the connection has changed hands. */
function onTrailers({ request }: Message): void {
  clientSpan.take(request)?.finish()
}

function onError({ request, error }: Message & { readonly error: unknown }): void {
  const span = clientSpan.take(request)
  if (span === undefined) return
  if (typeof error === 'object' && error !== null) timing?.logStepsBefore(error, span)
  // What is no object was the reason given to a signal's abort().
  if (typeof error === 'object' && glimpse(isAbort, error) !== true) {
    fail(span, error)
    noteFailure(span, factsOf, request, undefined)
  }
  span.finish()
}

// ---- the little of undici relied upon ----

interface Message {
  readonly request: UndiciRequest
}
