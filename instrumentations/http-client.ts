/**
 * The span of a request sent.
 */
import type * as Http from 'node:http'
import { describe, fail, glimpse, Stamp, type Kit, type Span } from '../src/instrumentation.js'
import { noteAnswer, noteFailure, noteSent } from './http-attempts.js'
import { describeAnswer, describeClient, describeFailure, isAbort, isSigned, methodOf, urlOf } from './http-describe.js'
import { capture, inHead } from './http-capture.js'
import { headerLookup, withLines, type ClientRequest, type Lookup } from './http-headers.js'
import { matcher } from './http-ignore.js'
import type { Facts } from './http-resends.js'

/** Null where tracing was suppressed when the request was made. */
const clientSpan = Stamp<Span | null>()

/** The span of a request whose constructor is on the stack. The constructor may still throw, and then nobody has the request. */
let unborn: Span | undefined

/** Each of the four functions calls an inner one of its module, so all four are wrapped. */
export function patchRequestFunctions(exports: typeof Http, kit: Kit): void {
  for (const name of ['request', 'get'] as const) {
    kit.wrap(exports, name, (request: (this: unknown) => ClientRequest) => {
      return function requestTraced() {
        const outer = unborn
        unborn = undefined
        try {
          const req = request.apply(this, arguments as never)
          spanOf(req, undefined, kit)
          unborn = undefined
          return req
        } finally {
          if (unborn !== undefined) finishUnborn(unborn)
          unborn = outer
        }
      }
    })
  }
}

/** Undefined unless asked for. */
let timing: typeof import('./http-timing.js') | undefined

export function patchClientRequest(prototype: ClientRequest, kit: Kit): void {
  const { clientRequestHeaders, httpTimings } = kit.options
  timing = httpTimings ? (require('./http-timing.js') as typeof import('./http-timing.js')) : undefined
  timing?.patchSockets(kit)
  kit.wrap(prototype, '_storeHeader', (storeHeader: ClientRequest['_storeHeader']) => {
    return function storeHeaderTraced(this: ClientRequest, firstLine, headers) {
      const look = headerLookup(this, headers)
      // Headers given as an array, and `Expect`, come here from within the constructor.
      const span = spanOf(this, look, kit)
      const isOpen = span !== null && !isSigned(this.path, textOf(look.get('authorization')))
      const stale = isOpen ? staleNames(span, look, kit) : NONE
      // One more header would break a signature.
      const lines = isOpen ? headerLines(span, look, stale, kit) : ''
      withLines(this, lines, stale, look, storeHeader, firstLine, headers)
      if (clientRequestHeaders.length > 0 && span !== null) {
        capture(span, 'request', clientRequestHeaders, inHead(this._header))
      }
    }
  })
  kit.wrap(prototype, 'emit', (emit: Emit) => {
    return function emitTraced(event, argument) {
      const span = clientSpan.get(this)
      if (span?.record !== undefined) observe(this, span, event, argument, kit)
      return emit.apply(this, arguments as never)
    }
  })
}

function spanOf(req: ClientRequest, look: Lookup | undefined, kit: Kit): Span | null {
  const known = clientSpan.get(req)
  if (known !== undefined) return known
  const span = isIgnored(req, look, kit) ? null : (kit.startSpan(methodOf(req.method), 'client') ?? null)
  clientSpan.set(req, span)
  if (span?.record === undefined) return span
  unborn = span
  const host = hostOf(req, look)
  describe(span, describeClient, req, host, kit.options.redactedKeys)
  noteSent(span, factsOf, req, host)
  return span
}

/** By a Unix socket one name may stand for several servers: its path is put before the URL. */
function factsOf(req: ClientRequest, host: string | undefined): Facts {
  const { method, protocol, path, socketPath } = req
  const url = urlOf(protocol, host ?? req.host, path)
  return { method, url: socketPath == null ? url : `unix:${socketPath} ${url}` }
}

/** Headers that were given as an array are known by the head alone. */
function factsAfter(req: ClientRequest, res: Http.IncomingMessage | undefined): Facts {
  const host = inHead(req._header)('host')?.[0] ?? hostOf(req, undefined)
  return { ...factsOf(req, host), location: res?.headers.location }
}

function hostOf(req: ClientRequest, look: Lookup | undefined): string | undefined {
  return (look === undefined ? req.getHeader('host') : look.get('host')) as string | undefined
}

/** Whether the configuration leaves this request out. */
function isIgnored(req: ClientRequest, look: Lookup | undefined, { options: { ignoreOutgoing } }: Kit): boolean {
  if (ignoreOutgoing.length === 0) return false
  return matcher(ignoreOutgoing)?.(`${req.protocol}//${hostOf(req, look) ?? req.host}${req.path}`) === true
}

const NONE: readonly string[] = []

/** What is no text may throw when it is made one. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** What a proxy passes on although it is no longer true. With `Expect` nothing can be taken out of the head any more. */
function staleNames(span: Span, look: Lookup, kit: Kit): readonly string[] {
  const names = kit.passedOn(span, look.names(), look.get)
  return names.length === 0 || look.get('expect') !== undefined ? NONE : names
}

/** The lines to be added. */
function headerLines(span: Span, look: Lookup, stale: readonly string[], kit: Kit): string {
  let lines = ''
  const names = look.names()
  const present = stale.length === 0 ? names : names.filter((name) => !stale.includes(name))
  kit.inject(span, (name, value) => (lines += `${name}: ${value}\r\n`), present)
  return lines
}

function observe(req: ClientRequest, span: Span, event: string, argument: unknown, kit: Kit): void {
  switch (event) {
    case 'socket':
      timing?.logSocket(argument, span)
      break
    case 'response':
      timing?.logFirstByte(span)
      describe(span, describeAnswer, req, argument as Http.IncomingMessage)
      captureResponse(span, argument as Http.IncomingMessage, kit)
      noteAnswer(span, (argument as Answer)?.statusCode, factsAfter, req, argument as Http.IncomingMessage)
      kit.linger(span)
      break
    case 'upgrade':
    case 'connect':
      describe(span, describeAnswer, req, argument as Http.IncomingMessage)
      span.finish()
      break
    case 'error':
      failed(req, span, argument)
      span.finish()
      break
    case 'close':
      if (req.res != null) observeEnd(req, req.res, span)
      span.finish()
      break
  }
}

/** Nothing was sent. What was thrown is the caller's, who gets it as it is. */
function finishUnborn(span: Span): void {
  fail(span, NOT_MADE)
  span.finish()
}

const NOT_MADE = Object.assign(new Error('the request could not be made'), { stack: undefined })

function captureResponse(span: Span, res: Http.IncomingMessage, { options: { clientResponseHeaders } }: Kit): void {
  if (clientResponseHeaders.length > 0) capture(span, 'response', clientResponseHeaders, (name) => res.headers[name])
}

function failed(req: ClientRequest, span: Span, error: unknown): void {
  if (glimpse(isAbort, error)) return
  describe(span, describeFailure, error)
  fail(span, error)
  noteFailure(span, factsAfter, req, undefined)
}

/** A body that the application itself has stopped reading is incomplete too, but without an error. */
function observeEnd(req: ClientRequest, res: ClientResponse, span: Span): void {
  // An upgrade that nobody listens for: the connection is closed and no other event tells of it.
  if (res.upgrade === true) describe(span, describeAnswer, req, res)
  if (!res.complete && res.errored != null) failed(req, span, res.errored)
}

type Emit = (this: ClientRequest, event: string, ...args: unknown[]) => boolean
/** An application may emit `response` with anything. */
type Answer = Http.IncomingMessage | null | undefined
type ClientResponse = NonNullable<ClientRequest['res']>
