/**
 * The span of a stream that an HTTP/2 server receives.
 */
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import {
  activeScope,
  describe,
  Serving,
  servingOf,
  Stamp,
  withoutSpans,
  withScope,
  withSpan,
  type Kit,
  type Scope,
} from '../src/instrumentation.js'
import { capture } from './http-capture.js'
import { methodOf } from './http-describe.js'
import { matcher } from './http-ignore.js'
import { isWithin } from './http-server.js'
import { describeStream, describeStreamEnd, type Headers } from './http2-describe.js'

/** The scope in which a stream's events run: Node emits them in that of the connection. */
const scopes = Stamp<Scope>()

/** Streams arrive as events; the requests and responses of `http`'s form are made of them while those are emitted. */
export function patchStreams(prototype: object, kit: Kit): void {
  const { redactedKeys, ignoreIncoming, serverRequestHeaders } = kit.options
  const isIgnored = matcher(ignoreIncoming)
  kit.wrap(prototype, 'emit', (emit: Emit) => {
    return function emitTraced(event, first, second) {
      if (event === 'request') hangOn(first as Http2ServerRequest, second as Http2ServerResponse)
      if (event !== 'stream' || !isStream(first) || servingOf.get(first) !== undefined)
        return emit.apply(this, arguments as never)
      watchStream(first, kit)
      const headers = second as Headers
      const path = headers[':path'] ?? '/'
      if (isIgnored?.(path)) {
        return withoutSpans(() => {
          scopes.set(first, activeScope() as Scope)
          return emit.apply(this, arguments as never)
        })
      }
      const span = kit.startServerSpan(methodOf(headers[':method']), headers, path, first.session?.socket)
      describe(span, describeStream, first, headers, redactedKeys)
      if (serverRequestHeaders.length > 0) capture(span, 'request', serverRequestHeaders, (name) => headers[name])
      servingOf.put(first, new Serving(span))
      return withSpan(span, () => {
        scopes.set(first, activeScope() as Scope)
        return emit.apply(this, arguments as never)
      })
    }
  })
}

function isStream(value: unknown): value is ServerHttp2Stream {
  return typeof value === 'object' && value !== null && 'respond' in value
}

/** For a framework to find. */
function hangOn(req: Http2ServerRequest, res: Http2ServerResponse): void {
  const { stream } = res as Partial<Http2ServerResponse>
  const serving = typeof stream === 'object' && stream !== null ? servingOf.get(stream) : undefined
  if (serving === undefined) return
  servingOf.put(req, serving)
  servingOf.put(res, serving)
}

const watched = new WeakSet()

/** All streams of a server have one prototype. */
function watchStream(stream: ServerHttp2Stream, kit: Kit): void {
  const prototype = Object.getPrototypeOf(stream) as object
  if (watched.has(prototype)) return
  watched.add(prototype)
  kit.onUndo(() => watched.delete(prototype))
  kit.wrap(prototype, 'emit', (emit: EmitOfStream) => {
    return function emitTraced(event) {
      const scope = scopes.get(this)
      if (scope === undefined) return emit.apply(this, arguments as never)
      if (event === 'close') finish(this, kit)
      const span = servingOf.get(this)?.span
      const isThere = span === undefined ? activeScope() === scope : isWithin(span)
      return isThere
        ? emit.apply(this, arguments as never)
        : withScope(scope, () => emit.apply(this, arguments as never))
    }
  })
  if (kit.options.responseHeaders.length > 0) patchRespond(prototype, kit)
}

function finish(stream: ServerHttp2Stream, { options: { serverResponseHeaders } }: Kit): void {
  const serving = servingOf.get(stream)
  if (serving?.span.record === undefined) return
  const { span, ending } = serving
  ending?.end()
  describe(span, describeStreamEnd, stream, span.name, serving.route)
  const sent = stream.sentHeaders as Headers | undefined
  if (serverResponseHeaders.length > 0) capture(span, 'response', serverResponseHeaders, (name) => sent?.[name])
  span.finish()
}

/** Tells the client of the span, where that is asked for. */
function patchRespond(prototype: object, kit: Kit): void {
  const at = { respond: 0, respondWithFD: 1, respondWithFile: 1 }
  for (const [name, index] of Object.entries(at)) {
    kit.wrap(prototype, name, (respond: (this: ServerHttp2Stream, ...args: unknown[]) => unknown) => {
      return function respondTraced(...args) {
        const headers = args[index]
        const span = servingOf.get(this)?.span
        if (span === undefined || (headers != null && (typeof headers !== 'object' || Array.isArray(headers))))
          return respond.apply(this, args)
        const more: Record<string, unknown> = { ...headers }
        kit.injectResponse(span, (header, value, isList) => {
          const own = more[header]
          if (own === undefined) more[header] = value
          else if (isList) more[header] = [own, value].flat()
        })
        args[index] = more
        return respond.apply(this, args)
      }
    })
  }
}

// ---- the little of http2 relied upon ----

type Emit = (this: unknown, event: string, ...args: unknown[]) => boolean
type EmitOfStream = (this: ServerHttp2Stream, event: string, ...args: unknown[]) => boolean
