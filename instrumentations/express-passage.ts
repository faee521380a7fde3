/**
 * The way of one response through Express: which router it is in, below which pattern, who has it, which route will be
 * said to have answered it.
 */
import type { ServerResponse } from 'node:http'
import { activeSpan, fail, logError, type Ending, type Serving, type Span } from '../src/instrumentation.js'
import { mountPattern, type Layer } from './express-route.js'

/** A router that the response is in. */
export class Frame {
  readonly outer: Frame | undefined
  /** Joined pattern of all mounts down to this router; undefined where one of them is not known. */
  readonly prefix: string | undefined
  /** How long `req.baseUrl` was when the router was entered. */
  readonly baseLength: number
  /** The candidate of a handler around this router. */
  readonly inherited: string | undefined
  /** The pattern of the route whose handlers run, or have run, last. */
  pattern: string | undefined = undefined
  /** Names the server's span if nothing changes until the response is over. */
  candidate: string | undefined
  /** The middleware that has the response: a router entered now is mounted there. Undefined if a route has it. */
  mount: Layer | undefined = undefined
  /** The span of the function that has the response. */
  open: Span | undefined = undefined

  constructor(outer: Frame | undefined, prefix: string | undefined, baseLength: number) {
    this.outer = outer
    this.prefix = prefix
    this.baseLength = baseLength
    this.inherited = outer?.candidate
    this.candidate = this.inherited
  }
}

export class Passage implements Ending {
  frame: Frame | undefined = undefined
  private readonly serving: Serving
  private readonly server: Span
  private readonly res: ServerResponse
  /** The error last recorded: it comes by many times on its way out. */
  private error: unknown = undefined

  constructor(serving: Serving, res: ServerResponse) {
    this.serving = serving
    this.server = serving.span
    this.res = res
  }

  /** Whether spans are made: neither for a request that is not recorded, nor after its response is over. */
  get records(): boolean {
    return this.server.record !== undefined
  }

  /** Whether the server's span is the active one: nothing has been lost, and nothing is open below it. */
  get isActive(): boolean {
    return activeSpan() === this.server
  }

  enter(baseUrl: unknown): Frame {
    const outer = this.frame
    const prefix = outer === undefined ? '' : mountOf(outer, baseUrl)
    return (this.frame = new Frame(outer, prefix, typeof baseUrl === 'string' ? baseUrl.length : 0))
  }

  /** The router is left: nobody below it has answered, or there was an error. */
  leave(frame: Frame, error: unknown): void {
    this.next(frame, error)
    this.frame = frame.outer
    if (frame.outer !== undefined) frame.outer.candidate = frame.candidate
  }

  /** A function is about to run. What comes after the head of the response does not answer it. */
  passTo(frame: Frame, layer: Layer, isHandler: boolean): void {
    this.passOn(frame)
    frame.mount = isHandler ? undefined : layer
    if (isHandler && frame.pattern !== undefined) this.nominate(frame, frame.pattern)
  }

  /** A function is about to be told of an error. */
  failTo(frame: Frame, layer: Layer, error: unknown): void {
    this.next(frame, error)
    // In a route there is no mount.
    if (!('method' in layer)) frame.mount = layer
  }

  /** Whoever had the response has called `next`. */
  next(frame: Frame, error: unknown): void {
    if (!isError(error)) return this.passOn(frame)
    this.record(error, frame.open)
    this.finish(frame)
  }

  /** Unless it has been answered, a response that is passed on has no route. */
  private passOn(frame: Frame): void {
    this.finish(frame)
    if (frame.candidate !== frame.inherited) this.nominate(frame, frame.inherited)
  }

  private nominate(frame: Frame, route: string | undefined): void {
    if (this.res.headersSent) return
    frame.candidate = route
    this.serving.route = route
  }

  /** Records each error once: on the span of the function that it comes from, else on the server's. */
  record(error: unknown, span: Span | undefined): void {
    if (!isError(error) || error === this.error) return
    this.error = error
    // Whether the request has failed, its status will tell: an error may well be turned into a 404.
    if (span?.record === undefined) logError(this.server, error)
    else fail(span, error)
  }

  /** The span to be above the next one: the server's, where the application has lost the context. */
  above(): Span {
    const active = activeSpan()
    return active !== undefined && active.context().local === this.server.context().local ? active : this.server
  }

  /** The response is over, and so is whatever still had it. */
  end(): void {
    for (let { frame } = this; frame !== undefined; frame = frame.outer) this.finish(frame)
  }

  private finish(frame: Frame): void {
    frame.open?.finish()
    frame.open = undefined
  }
}

/** The pattern below which the middleware runs that has the response. */
export function mountOf({ mount, prefix, baseLength }: Frame, baseUrl: unknown): string | undefined {
  return mount === undefined ? prefix : mountPattern(mount, prefix, String(baseUrl).slice(baseLength))
}

/** Not what `next` takes to leave a route or a router. */
function isError(error: unknown): boolean {
  return Boolean(error) && error !== 'route' && error !== 'router'
}
