/**
 * `http` and `https`: the span of a request received and of a request sent.
 *
 * Nothing is added that an application could see: no listener, no property, no argument changed. Spans hang on responses
 * and requests by stamps, ends are seen in the prototypes' `emit`, and the outgoing headers go into the text that Node is
 * about to write, so that `getHeaders()` answers as ever.
 */
import type * as Http from 'node:http'
import {
  defineInstrumentation,
  describe,
  endsWith,
  fail,
  serverSpan,
  Stamp,
  withSpan,
  type Kit,
  type Span,
} from '../src/instrumentation.js'
import {
  describeAnswer,
  describeClient,
  describeResponse,
  describeServer,
  isAbort,
  isSigned,
  methodOf,
} from './http-describe.js'

export const http = defineInstrumentation({
  name: 'http',
  summary: 'Requests received and sent',
  patches: [
    { module: 'http', patch: patchHttp },
    { module: 'https', patch: patchHttps },
  ],
})

/** Null where tracing was suppressed when the request was made. */
const clientSpan = Stamp<Span | null>()

function patchHttp(exports: typeof Http, kit: Kit): void {
  patchServer(exports.Server.prototype, kit)
  patchServerResponse(exports.ServerResponse.prototype, kit)
  patchRequestFunctions(exports, kit)
  patchClientRequest(exports.ClientRequest.prototype as ClientRequest, kit)
}

function patchHttps(exports: typeof Http, kit: Kit): void {
  // Requests and responses are http's own: requiring it here makes sure that it is patched.
  require('node:http')
  patchServer(exports.Server.prototype, kit)
  patchRequestFunctions(exports, kit)
}

// ---- server ----

/** Requests arrive as events. `upgrade` and `connect` hand the socket over and are left alone. */
function patchServer(prototype: Http.Server, kit: Kit): void {
  kit.wrap(prototype, 'emit', (emit: Emit<Http.Server>) => {
    return function emitTraced(event, req, res): boolean {
      const isRequest = event === 'request' || event === 'checkContinue' || event === 'checkExpectation'
      if (!isRequest || !isIncoming(req) || !isUnseen(res)) return emit.apply(this, arguments as never)
      const span = kit.startServerSpan(methodOf(req.method), req.headers)
      describe(span, describeServer, req, kit.options.redactedKeys)
      serverSpan.set(res, span)
      return withSpan(span, () => emit.apply(this, arguments as never))
    }
  })
}

/** Applications emit `request` themselves, with objects of their own making. */
function isIncoming(req: unknown): req is Http.IncomingMessage {
  if (typeof req !== 'object' || req === null) return false
  const { headers, socket } = req as Partial<Http.IncomingMessage>
  return typeof headers === 'object' && headers !== null && typeof socket === 'object' && socket !== null
}

/** Whether this is a response that has no span yet. */
function isUnseen(res: unknown): res is Http.ServerResponse {
  return typeof res === 'object' && res !== null && serverSpan.get(res) === undefined
}

/** Every response closes, finished or aborted; that is when its span ends. */
function patchServerResponse(prototype: Http.ServerResponse, kit: Kit): void {
  kit.wrap(prototype, 'emit', (emit: Emit<Http.ServerResponse>) => {
    return function emitTraced(event) {
      if (event === 'close') finishServer(this)
      return emit.apply(this, arguments as never)
    }
  })
}

function finishServer(res: Http.ServerResponse): void {
  const span = serverSpan.get(res)
  if (span?.record === undefined) return
  endsWith.get(res)?.end()
  describe(span, describeResponse, res, span.name)
  span.finish()
}

// ---- client ----

/** Each of the four functions calls an inner one of its module, so all four are wrapped. */
function patchRequestFunctions(exports: typeof Http, kit: Kit): void {
  for (const name of ['request', 'get'] as const) {
    kit.wrap(exports, name, (request: (this: unknown) => ClientRequest) => {
      return function requestTraced() {
        const req = request.apply(this, arguments as never)
        spanOf(req, kit)
        return req
      }
    })
  }
}

function patchClientRequest(prototype: ClientRequest, kit: Kit): void {
  kit.wrap(prototype, '_storeHeader', (storeHeader: ClientRequest['_storeHeader']) => {
    return function storeHeaderTraced(this: ClientRequest, firstLine, headers) {
      // Headers given as an array, and `Expect`, come here from within the constructor.
      const span = spanOf(this, kit)
      const lines = span === null ? '' : headerLines(this, span, headers, kit)
      if (lines === '') return storeHeader.call(this, firstLine, headers)
      if (this.hasHeader('expect')) return storeHeader.call(this, firstLine + lines, headers)
      storeHeader.call(this, firstLine, headers)
      this._header = `${this._header.slice(0, -2)}${lines}\r\n`
    }
  })
  kit.wrap(prototype, 'emit', (emit: Emit<ClientRequest>) => {
    return function emitTraced(event, argument) {
      const span = clientSpan.get(this)
      if (span?.record !== undefined) observe(this, span, event, argument, kit)
      return emit.apply(this, arguments as never)
    }
  })
}

function spanOf(req: ClientRequest, kit: Kit): Span | null {
  const known = clientSpan.get(req)
  if (known !== undefined) return known
  const span = kit.startSpan(methodOf(req.method), 'client') ?? null
  clientSpan.set(req, span)
  if (span !== null) describe(span, describeClient, req, kit.options.redactedKeys)
  return span
}

/** The lines to be added. None where one more header would break a signature. */
function headerLines(req: ClientRequest, span: Span, headers: unknown, kit: Kit): string {
  const names = Array.isArray(headers) ? namesIn(headers) : undefined
  const authorization = names === undefined ? req.getHeader('authorization') : JSON.stringify(headers)
  if (isSigned(req.path, String(authorization))) return ''
  let lines = ''
  kit.inject(
    span,
    (name, value) => (lines += `${name}: ${value}\r\n`),
    names === undefined ? (name) => req.hasHeader(name) : (name) => names.has(name),
  )
  return lines
}

/** The names in `[name, value, …]` or `[[name, value], …]`, lower-case. */
function namesIn(headers: readonly unknown[]): Set<string> {
  const isNested = Array.isArray(headers[0])
  const names = isNested ? headers.map((pair) => (pair as unknown[])[0]) : headers.filter((_, index) => index % 2 === 0)
  return new Set(names.map((name) => String(name).toLowerCase()))
}

function observe(req: ClientRequest, span: Span, event: string, argument: unknown, kit: Kit): void {
  switch (event) {
    case 'response':
      describe(span, describeAnswer, req, argument as Http.IncomingMessage)
      kit.linger(span)
      break
    case 'upgrade':
    case 'connect':
      describe(span, describeAnswer, req, argument as Http.IncomingMessage)
      span.finish()
      break
    case 'error':
      if (!isAbort(argument)) fail(span, argument)
      span.finish()
      break
    case 'close':
      if (req.res != null && !req.res.complete && !isAbort(req.res.errored)) fail(span, req.res.errored ?? ABORTED)
      span.finish()
      break
  }
}

const ABORTED = Object.assign(new Error('the response was cut off'), { code: 'ECONNRESET', stack: undefined })

// ---- the little of http relied upon ----

type Emit<Emitter> = (this: Emitter, event: string, ...args: unknown[]) => boolean

interface ClientRequest extends Http.ClientRequest {
  /** The text of the request's head. Written by `_storeHeader`, sent with the first chunk of the body. */
  _header: string
  _storeHeader(firstLine: string, headers: unknown): void
  readonly res?: Http.IncomingMessage | null
}
