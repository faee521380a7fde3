/**
 * The span of a stream that an HTTP/2 client sends.
 */
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import {
  activeScope,
  describe,
  fail,
  glimpse,
  Stamp,
  withScope,
  type Kit,
  type Scope,
  type Span,
} from '../src/instrumentation.js'
import { noteAnswer, noteFailure, noteSent } from './http-attempts.js'
import { capture } from './http-capture.js'
import { describeFailure, isAbort, isSigned, methodOf } from './http-describe.js'
import { matcher } from './http-ignore.js'
import type { Facts } from './http-resends.js'
import { describeReceived, describeSent, statusOf, urlSent, type Headers } from './http2-describe.js'

/** A stream that was sent. Its events run in the caller's scope: Node emits them in that of the connection. */
interface Sent {
  readonly span: Span | undefined
  readonly scope: Scope | undefined
}

const sent = Stamp<Sent>()
const origins = Stamp<URL | null>()
const patched = new WeakSet()

/** @param authority what it was connected to */
export function patchSession(session: ClientHttp2Session, authority: unknown, kit: Kit): void {
  origins.set(session, glimpse(originOf, authority) ?? null)
  const prototype = Object.getPrototypeOf(session) as ClientHttp2Session
  if (patched.has(prototype)) return
  patched.add(prototype)
  kit.onUndo(() => patched.delete(prototype))
  kit.wrap(prototype, 'request', (request: Request) => {
    return function requestTraced(this: ClientHttp2Session, given, ...rest) {
      if (!isTraceable(given) || isUndicis(this)) return request.call(this, given, ...rest)
      // A copy, as Node makes one too: the caller's own object stays as it is, and is read once.
      const headers: Given = Array.isArray(given) ? given : { ...(given as Headers | undefined) }
      const span = isIgnored(this, headers, kit)
        ? undefined
        : kit.startSpan(methodOf(read(headers)[':method'] ?? 'GET'), 'client')
      if (span === undefined) return request.call(this, headers, ...rest)
      const scope = activeScope()
      describeStart(span, this, read(headers), kit)
      let stream: ClientHttp2Stream | undefined
      try {
        return (stream = request.call(this, withTrace(headers, span, kit), ...rest))
      } finally {
        if (stream === undefined) finishFailed(span, NOT_MADE)
        else {
          patchStream(Object.getPrototypeOf(stream) as object, kit)
          sent.set(stream, { span: span.record && span, scope })
        }
      }
    }
  })
}

function originOf(authority: unknown): URL | undefined {
  if (authority instanceof URL) return authority
  if (typeof authority === 'string') return URL.canParse(authority) ? new URL(authority) : undefined
  const { protocol = 'https:', hostname, host, port } = (authority ?? {}) as Partial<Record<string, string>>
  const url = `${protocol}//${hostname ?? host ?? 'localhost'}${port === undefined ? '' : `:${port}`}`
  return URL.canParse(url) ? new URL(url) : undefined
}

// ---- headers ----

/** As an object, or as `[name, value, …]`. */
type Given = Headers | readonly string[]

/** Anything else is Node's to refuse, or to understand in its own way. */
function isTraceable(headers: Given | null | undefined): headers is Given | undefined {
  if (headers === undefined) return true
  return Array.isArray(headers) ? headers.length % 2 === 0 : typeof headers === 'object' && headers !== null
}

function read(headers: Given): Headers {
  if (!Array.isArray(headers)) return headers as Headers
  const found: Record<string, string> = {}
  for (let i = 0; i < headers.length; i += 2) found[String(headers[i]).toLowerCase()] = String(headers[i + 1])
  return found
}

/** @param headers an object of this call's own, or the caller's array */
function withTrace(headers: Given, span: Span, kit: Kit): Given {
  const own = read(headers)
  if (isSigned(own[':path'] ?? '/', own['authorization'])) return headers
  const all = Object.keys(own).map((name) => name.toLowerCase())
  const stale = kit.passedOn(span, all, (name) => own[name])
  const names = stale.length === 0 ? all : all.filter((name) => !stale.includes(name))
  if (Array.isArray(headers)) {
    const list = (headers as readonly string[]).filter(
      (_, i, given) => !stale.includes(given[i & ~1]?.toLowerCase() ?? ''),
    )
    // Which of them are sensitive and not to be remembered by the other side.
    for (const key of Object.getOwnPropertySymbols(headers)) Reflect.set(list, key, Reflect.get(headers, key))
    kit.inject(span, (name, value) => list.push(name, value), names)
    return list
  }
  const changed = headers as Record<string, string | string[] | undefined>
  for (const name of stale) delete changed[name]
  kit.inject(span, (name, value) => (changed[name] = value), names)
  return headers
}

function isIgnored(session: ClientHttp2Session, headers: Given, { options: { ignoreOutgoing } }: Kit): boolean {
  if (ignoreOutgoing.length === 0) return false
  const { ':path': path = '/', ':authority': authority, ':scheme': scheme } = read(headers)
  const origin = origins.get(session)
  const url = `${scheme ?? origin?.protocol.slice(0, -1)}://${authority ?? origin?.host}${path}`
  return matcher(ignoreOutgoing)?.(url) === true
}

/** undici tells of its requests by channels, whatever the protocol: see fetch.ts. */
function isUndicis(session: ClientHttp2Session): boolean {
  return Object.getOwnPropertySymbols(session).some(({ description }) => description === 'open streams')
}

function describeStart(span: Span, session: ClientHttp2Session, headers: Headers, { options }: Kit): void {
  const origin = origins.get(session) ?? undefined
  describe(span, describeSent, headers, origin, options.redactedKeys)
  noteSent(span, factsOf, headers, origin)
  const { clientRequestHeaders } = options
  if (clientRequestHeaders.length > 0) capture(span, 'request', clientRequestHeaders, (name) => headers[name])
}

function factsOf(headers: Headers, origin: URL | undefined): Facts {
  return { method: headers[':method'] ?? 'GET', url: urlSent(headers, origin) }
}

/** What was sent says of its origin what the caller had left out. */
function factsAfter({ sentHeaders }: ClientHttp2Stream, received: Headers | undefined): Facts {
  return { ...factsOf(sentHeaders as Headers, undefined), location: received?.['location'] }
}

// ---- streams ----

function patchStream(prototype: object, kit: Kit): void {
  if (patched.has(prototype)) return
  patched.add(prototype)
  kit.onUndo(() => patched.delete(prototype))
  kit.wrap(prototype, 'emit', (emit: Emit) => {
    return function emitTraced(event, argument) {
      const current = sent.get(this)
      if (current === undefined) return emit.apply(this, arguments as never)
      if (current.span?.record !== undefined) observe(this, current.span, event, argument, kit)
      return withScope(current.scope, () => emit.apply(this, arguments as never))
    }
  })
}

function observe(stream: ClientHttp2Stream, span: Span, event: string, argument: unknown, kit: Kit): void {
  switch (event) {
    case 'response': {
      describe(span, describeReceived, stream, argument as object)
      noteAnswer(span, glimpse(statusOf, argument as object), factsAfter, stream, argument as Headers)
      const { clientResponseHeaders } = kit.options
      if (clientResponseHeaders.length > 0)
        capture(span, 'response', clientResponseHeaders, (name) => (argument as Headers)[name])
      kit.linger(span)
      break
    }
    case 'error':
      if (glimpse(isAbort, argument)) span.finish()
      else {
        noteFailure(span, factsAfter, stream, undefined)
        finishFailed(span, argument)
      }
      break
    case 'close':
      span.finish()
      break
  }
}

function finishFailed(span: Span, error: unknown): void {
  describe(span, describeFailure, error)
  fail(span, error)
  span.finish()
}

const NOT_MADE = Object.assign(new Error('the request could not be made'), { stack: undefined })

// ---- the little of http2 relied upon ----

type Request = (this: ClientHttp2Session, headers: Given | null | undefined, ...rest: unknown[]) => ClientHttp2Stream
type Emit = (this: ClientHttp2Stream, event: string, ...args: unknown[]) => boolean
