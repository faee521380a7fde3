/**
 * The span of a request received.
 */
import type * as Http from 'node:http'
import {
  activeScope,
  describe,
  endsWith,
  serverSpan,
  Stamp,
  withSpan,
  type Kit,
  type Span,
} from '../src/instrumentation.js'
import { describeResponse, describeServer, methodOf } from './http-describe.js'

/** On a socket: responses to pipelined requests that wait for their turn. */
const pipelined = Stamp<Set<Http.ServerResponse>>()

/** Requests arrive as events. `upgrade` and `connect` hand the socket over and are left alone. */
export function patchServer(prototype: Http.Server, ServerResponse: typeof Http.ServerResponse, kit: Kit): void {
  kit.wrap(prototype, 'emit', (emit: Emit<Http.Server>) => {
    return function emitTraced(event, req, res): boolean {
      const isRequest = event === 'request' || event === 'checkContinue' || event === 'checkExpectation'
      // Applications emit `request` themselves, for a second time or with objects of their own making.
      if (!isRequest || !(res instanceof ServerResponse) || !hasHeaders(req) || serverSpan.get(res) !== undefined) {
        return emit.apply(this, arguments as never)
      }
      const span = kit.startServerSpan(methodOf(req.method), req.headers, req.url)
      describe(span, describeServer, req, kit.options.redactedKeys)
      serverSpan.set(req, span)
      serverSpan.set(res, span)
      if (res.socket === null) queueBehind(res, req.socket)
      return withSpan(span, () => emit.apply(this, arguments as never))
    }
  })
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
  kit.wrap(prototype, 'emit', (emit: Emit<Http.IncomingMessage>) => {
    return function emitTraced() {
      const span = serverSpan.get(this)
      if (span === undefined || isWithin(span)) return emit.apply(this, arguments as never)
      return withSpan(span, () => emit.apply(this, arguments as never))
    }
  })
}

/** Whether the context is that of `span`, or of one that was started below it. */
function isWithin(span: Span): boolean {
  const scope = activeScope()
  return scope?.suppressed === true || scope?.span?.context().local === span.context().local
}

/** Every response of a server closes, finished or aborted; that is when its span ends. One made up may only finish. */
export function patchServerResponse(prototype: Http.ServerResponse, kit: Kit): void {
  kit.wrap(prototype, 'emit', (emit: Emit<Http.ServerResponse>) => {
    return function emitTraced(event) {
      const span = serverSpan.get(this)
      if (span === undefined) return emit.apply(this, arguments as never)
      if (event === 'close' || (event === 'finish' && !isServed(this))) closeServer(this)
      if (isWithin(span)) return emit.apply(this, arguments as never)
      return withSpan(span, () => emit.apply(this, arguments as never))
    }
  })
}

function isServed({ req }: Http.ServerResponse): boolean {
  const socket = req?.socket as ServerSocket | undefined
  return socket?.server !== undefined
}

function closeServer(res: Http.ServerResponse): void {
  finishServer(res)
  const socket = res.req?.socket
  const waiting = socket == null ? undefined : pipelined.get(socket)
  waiting?.delete(res)
  // Nothing is sent any more, and Node tells those that wait nothing of it.
  if (waiting !== undefined && (socket?.destroyed || (res as LastResponse)._last)) waiting.forEach(finishServer)
}

function finishServer(res: Http.ServerResponse): void {
  const span = serverSpan.get(res)
  if (span?.record === undefined) return
  endsWith.get(res)?.end()
  describe(span, describeResponse, res, span.name)
  span.finish()
}

function queueBehind(res: Http.ServerResponse, socket: object | undefined): void {
  if (socket === undefined) return
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
