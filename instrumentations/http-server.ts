/**
 * The span of a request received.
 */
import type * as Http from 'node:http'
import {
  activeScope,
  applyWithoutSpans,
  applyWithSpan,
  describe,
  glimpse,
  Serving,
  servingOf,
  Stamp,
  type Kit,
  type Span,
} from '../src/instrumentation.js'
import { capture, inHead } from './http-capture.js'
import { describeResponse, describeServer, methodOf } from './http-describe.js'
import { isApplications, learnNodesOwn, silenceOf, type WithEvents } from './http-events.js'
import type { WithHead } from './http-headers.js'
import { matcher } from './http-ignore.js'
import { prepare } from './http-peer.js'

/** On requests that are not traced and their responses: nothing in their course is. */
const ignored = Stamp<true>()

/** On a socket: responses to pipelined requests that wait for their turn. */
const pipelined = Stamp<Set<Http.ServerResponse>>()
/** Hardly any client sends such: until one does nobody looks. */
let hasPipelined = false

/** Requests arrive as events. `upgrade` and `connect` hand the socket over and are left alone. */
export function patchServer(prototype: Http.Server, ServerResponse: typeof Http.ServerResponse, kit: Kit): void {
  const { redactedKeys, ignoreIncoming, serverRequestHeaders } = kit.options
  const isIgnored = matcher(ignoreIncoming)
  kit.wrap(prototype, 'emit', (emit: Emit<Http.Server>) => {
    return function emitTraced(event, first, second): boolean {
      const isRequest = event === 'request' || event === 'checkContinue' || event === 'checkExpectation'
      // Applications emit `request` themselves, for a second time or with objects of their own making.
      if (!isRequest || glimpse(isNew, first, second, ServerResponse) !== true) {
        if (event === 'connection' || event === 'secureConnection') prepare(first)
        return emit.apply(this, arguments as never)
      }
      const req = first as Http.IncomingMessage
      const res = second as Http.ServerResponse
      if (isIgnored?.(req.url ?? '/')) {
        ignored.set(req, true)
        ignored.set(res, true)
        return applyWithoutSpans(emit, this, arguments)
      }
      const span = kit.startServerSpan(methodOf(req.method), req.headers, req.url, req.socket)
      describe(span, describeServer, req, redactedKeys)
      if (serverRequestHeaders.length > 0) capture(span, 'request', serverRequestHeaders, (name) => req.headers[name])
      const serving = new Serving(span)
      servingOf.put(req, serving)
      servingOf.set(res, serving)
      if (res.socket === null) queueBehind(res, req.socket)
      return applyWithSpan(span, emit, this, arguments)
    }
  })
}

/** Whether these are a request and its response, not seen before. Throws if they do when they are looked at. */
function isNew(req: unknown, res: unknown, ServerResponse: typeof Http.ServerResponse): boolean {
  return res instanceof ServerResponse && hasHeaders(req) && servingOf.claim(res)
}

function hasHeaders(req: unknown): req is Http.IncomingMessage {
  if (typeof req !== 'object' || req === null) return false
  const { headers } = req as Partial<Http.IncomingMessage>
  return typeof headers === 'object' && headers !== null
}

/**
 * Node emits the `end` of a body that arrives late, and what follows an abort, outside of the handler's context.
 */
export function patchIncomingMessage(prototype: Http.IncomingMessage, kit: Kit): void {
  const isSilent = silenceOf(prototype)
  kit.wrap(prototype, 'emit', (emit: Emit<Http.IncomingMessage>) => {
    return function emitTraced(this: Http.IncomingMessage & WithEvents, event) {
      // Read here and in each of its like by itself: V8 remembers by place in the code what it has met there.
      const listener = this._events?.[event]
      if (listener === undefined && isSilent(event)) return false
      if (!isApplications(listener)) return emit.apply(this, arguments as never)
      const span = servingOf.get(this)?.span
      if (span === undefined && ignored.get(this)) return applyWithoutSpans(emit, this, arguments)
      if (span === undefined || isWithin(span)) return emit.apply(this, arguments as never)
      return applyWithSpan(span, emit, this, arguments)
    }
  })
}

/** Whether the context is that of `span`, or of one that was started below it. */
export function isWithin(span: Span): boolean {
  const scope = activeScope()
  return scope?.suppressed === true || scope?.span?.context().local === span.context().local
}

/** Every response of a server closes, finished or aborted; that is when its span ends. One made up may only finish. */
export function patchServerResponse(prototype: Http.ServerResponse, kit: Kit): void {
  const isSilent = silenceOf(prototype)
  kit.wrap(prototype, 'emit', (emit: Emit<Http.ServerResponse>) => {
    return function emitTraced(this: Http.ServerResponse & WithEvents, event) {
      const isEnd = event === 'close' || (event === 'finish' && !isServed(this))
      const listener = this._events?.[event]
      if (!isEnd && listener === undefined) return isSilent(event) ? false : emit.apply(this, arguments as never)
      const serving = servingOf.get(this)
      if (serving === undefined && ignored.get(this)) return applyWithoutSpans(emit, this, arguments)
      if (serving === undefined) return emit.apply(this, arguments as never)
      const { span } = serving
      if (isEnd) closeServer(this, serving, kit)
      // It may have got one meanwhile.
      if (listener === undefined && this._events?.[event] === undefined && isSilent(event)) return false
      const learn = event === 'finish' ? learnNodesOwn(this) : undefined
      const result = isWithin(span) ? emit.apply(this, arguments as never) : applyWithSpan(span, emit, this, arguments)
      learn?.()
      return result
    }
  })
}

function isServed({ req }: Http.ServerResponse): boolean {
  const socket = req?.socket as ServerSocket | undefined
  return socket?.server !== undefined
}

function closeServer(res: Http.ServerResponse, serving: Serving, kit: Kit): void {
  finishServer(res, serving, kit)
  if (!hasPipelined) return
  const socket = res.req?.socket
  const waiting = socket == null ? undefined : pipelined.get(socket)
  waiting?.delete(res)
  // Nothing is sent any more, and Node tells those that wait nothing of it.
  if (waiting !== undefined && (socket?.destroyed || (res as LastResponse)._last))
    waiting.forEach((other) => finishServer(other, servingOf.get(other), kit))
}

function finishServer(
  res: Http.ServerResponse,
  serving: Serving | undefined,
  { options: { serverResponseHeaders } }: Kit,
): void {
  if (serving?.span.record === undefined) return
  const { span, ending } = serving
  ending?.end()
  describe(span, describeResponse, res, span.name, serving.route)
  if (serverResponseHeaders.length > 0) {
    capture(span, 'response', serverResponseHeaders, inHead((res as WithHead<Http.ServerResponse>)._header))
  }
  span.finish()
}

/** Tells the client of the span, where that is asked for: in the text of the head, after the application's own lines. */
export function patchResponseHead(prototype: WithHead<Http.ServerResponse>, kit: Kit): void {
  if (kit.options.responseHeaders.length === 0) return
  kit.wrap(prototype, '_storeHeader', (storeHeader: WithHead<Http.ServerResponse>['_storeHeader']) => {
    return function storeHeaderTraced(this: WithHead<Http.ServerResponse>, firstLine, headers) {
      storeHeader.call(this, firstLine, headers)
      const span = servingOf.get(this)?.span
      if (span === undefined || typeof this._header !== 'string') return
      const sent = inHead(this._header)
      let lines = ''
      kit.injectResponse(span, (name, value, isList) => {
        if (isList || sent(name) === undefined) lines += `${name}: ${value}\r\n`
      })
      this._header = `${this._header.slice(0, -2)}${lines}\r\n`
    }
  })
}

function queueBehind(res: Http.ServerResponse, socket: object | undefined): void {
  if (socket === undefined) return
  hasPipelined = true
  const waiting = pipelined.get(socket)
  if (waiting === undefined) pipelined.set(socket, new Set([res]))
  else waiting.add(res)
}

// ---- the little of http relied upon ----

type Emit<Emitter> = (this: Emitter, event: string, ...args: unknown[]) => boolean

interface ServerSocket {
  /** The server that accepted the connection. */
  readonly server?: unknown
}

interface LastResponse {
  /** The connection ends with this response. */
  readonly _last?: boolean
}
