/**
 * Express 4 and 5: the route in the name of the server's span, and a span for each handler of a route; for middleware
 * too if that is wanted.
 *
 * Prototypes are patched, never the application's functions: what stands in `router.stack` is what was put there. A
 * response that no server span belongs to is left alone.
 */
import type { ServerResponse } from 'node:http'
import {
  activeSpan,
  applyWithSpan,
  defineInstrumentation,
  describe,
  servingOf,
  withSpan,
  type Kit,
} from '../src/instrumentation.js'
import { mountOf, Passage, type Frame } from './express-passage.js'
import { describeHandler, labelOf, nameOf, routePattern, rememberMount, type Layer } from './express-route.js'

const EXPRESS_4 = '>=4.6 <5'
const EARLY = '>=4 <4.6'
const ROUTER = '>=2 <3'

export const express = defineInstrumentation({
  name: 'express',
  summary: 'The route of each request, its handlers, and middleware if asked for',
  patches: [
    { module: 'express', versions: EXPRESS_4, file: 'lib/router/layer.js', patch: patchLayer4 },
    { module: 'express', versions: EXPRESS_4, file: 'lib/router/index.js', patch: patchRouter },
    { module: 'express', versions: EARLY, file: 'lib/router/index.js', patch: patchEarlyRouter },
    { module: 'express', versions: EARLY, file: 'lib/router/route.js', patch: patchEarlyRoute },
    // All that Express 5 routes, it routes by the package `router`. Named here for its version to be known as good.
    { module: 'express', versions: '>=5 <6', patch: () => undefined },
    { module: 'router', versions: ROUTER, file: 'lib/layer.js', patch: patchLayer5 },
    { module: 'router', versions: ROUTER, patch: (exports: RouterClass, kit) => patchRouter(exports.prototype, kit) },
  ],
})

// ---- routers ----

function patchRouter(prototype: Router, kit: Kit): void {
  kit.wrap(prototype, 'use', (use: Router['use']) => {
    return function useTraced() {
      const before = this.stack.length
      try {
        return use.apply(this, arguments as never)
      } finally {
        rememberMount(this.stack.slice(before), arguments)
      }
    }
  })
  kit.wrap(prototype, 'handle', (handle: Router['handle']) => {
    return function handleTraced(req, res, done) {
      const passage = passageThrough(res)
      if (passage === undefined || typeof done !== 'function') return handle.apply(this, arguments as never)
      const frame = passage.enter(req.baseUrl)
      return handle.call(this, req, res, function doneTraced(this: unknown, error) {
        passage.leave(frame, error)
        return Reflect.apply(done, this, arguments) as unknown
      })
    }
  })
}

/** Loaded for these versions alone. */
function early(): typeof import('./express-early.js') {
  return require('./express-early.js') as typeof import('./express-early.js')
}

function patchEarlyRouter(prototype: Router, kit: Kit): void {
  patchRouter(prototype, kit)
  early().patchEarlyRouter(prototype, (methods) => patchLayer4({ prototype: methods as Layer }, kit), kit)
}

function patchEarlyRoute({ prototype }: { readonly prototype: object }, kit: Kit): void {
  early().patchEarlyRoute(prototype, (methods) => patchLayer4({ prototype: methods as Layer }, kit), kit)
}

/** The way of a response through Express, which may begin here. */
function passageThrough(res: unknown): Passage | undefined {
  const serving = typeof res === 'object' && res !== null ? servingOf.get(res) : undefined
  if (serving === undefined) return undefined
  if (serving.ending instanceof Passage) return serving.ending
  const passage = new Passage(serving, res as ServerResponse)
  serving.ending = passage
  return passage
}

function passageOf(res: unknown): Passage | undefined {
  const ending = typeof res === 'object' && res !== null ? servingOf.get(res)?.ending : undefined
  return ending instanceof Passage ? ending : undefined
}

// ---- layers ----

function patchLayer4({ prototype }: LayerClass, kit: Kit): void {
  patchLayer(prototype, 'handle_request', 'handle_error', kit)
}

function patchLayer5({ prototype }: LayerClass, kit: Kit): void {
  patchLayer(prototype, 'handleRequest', 'handleError', kit)
}

function patchLayer(prototype: Layer, request: string, failure: string, kit: Kit): void {
  const { middlewareSpans } = kit.options
  kit.wrap(prototype, request, (handle: HandleRequest) => {
    return function handleRequestTraced(req, res, next) {
      const passage = passageOf(res)
      const frame = passage?.frame
      // Functions of four arguments are passed by.
      if (passage === undefined || frame === undefined || this.handle.length > 3)
        return handle.call(this, req, res, next)
      if (this.route !== undefined) {
        frame.pattern = routePattern(this, frame.prefix, req.url)
        return handle.call(this, req, res, next)
      }
      const isHandler = 'method' in this
      passage.passTo(frame, this, isHandler)
      if (!isHandler && !middlewareSpans) return handle.call(this, req, res, next)
      // No closure in this function: middleware, and whatever is not recorded, would pay for it.
      if (!passage.records && passage.isActive) return handle.call(this, req, res, next)
      const turn = isHandler
        ? { passage, frame, name: labelOf(this, frame.pattern), route: frame.pattern }
        : { passage, frame, name: titleOf('middleware', this, frame, req) }
      return run(turn, kit, handle, this, [req, res], next)
    }
  })
  kit.wrap(prototype, failure, (handle: HandleError) => {
    return function handleErrorTraced(error, req, res, next) {
      const passage = passageOf(res)
      const frame = passage?.frame
      if (passage === undefined || frame === undefined) return handle.call(this, error, req, res, next)
      passage.failTo(frame, this, error)
      if (!middlewareSpans || this.handle.length !== 4) return handle.call(this, error, req, res, next)
      const turn = { passage, frame, name: titleOf('error handler', this, frame, req) }
      return run(turn, kit, handle, this, [error, req, res], next)
    }
  })
}

/** The span's name of what is no handler: the function's own, or where it is mounted. */
function titleOf(kind: string, layer: Layer, frame: Frame, req: Request): string {
  return `${kind} ${nameOf(layer) ?? (mountOf(frame, req.baseUrl) || '/')}`
}

/** What a function of the application runs in. */
interface Turn {
  readonly passage: Passage
  readonly frame: Frame
  /** Of the span. */
  readonly name: string
  readonly route?: string | undefined
}

/**
 * Lets a layer call its function in a span, which ends when the response is passed on, or is over.
 *
 * @param args of the layer's method `handle`, less the last one
 * @param pass the last one: the router's `next`
 */
function run(
  { passage, frame, name, route }: Turn,
  kit: Kit,
  handle: (this: Layer, ...args: never[]) => unknown,
  layer: Layer,
  args: unknown[],
  pass: Next,
): unknown {
  const above = passage.above()
  const span = passage.records ? kit.startSpan(name, undefined, above.context()) : undefined
  if (route !== undefined && span !== undefined) describe(span, describeHandler, route)
  frame.open = span
  let hasPassed = false
  function next(this: unknown, error?: unknown): unknown {
    // Who calls `next` again has no more say in what becomes of the response.
    if (hasPassed) passage.record(error, undefined)
    else passage.next(frame, error)
    hasPassed = true
    const goOn = (): unknown => Reflect.apply(pass, this, arguments) as unknown
    return span !== undefined && activeSpan() === span ? withSpan(above, goOn) : goOn()
  }
  args.push(next)
  // Where the application has lost the context it gets it back here, span or not.
  if (span === undefined && activeSpan() === above) return handle.apply(layer, args as never)
  return applyWithSpan(span ?? above, handle, layer, args)
}

// ---- the little of express and router relied upon ----

type Next = (this: unknown, error?: unknown) => unknown
type HandleRequest = (this: Layer, req: Request, res: unknown, next: Next) => unknown
type HandleError = (this: Layer, error: unknown, req: Request, res: unknown, next: Next) => unknown

interface Request {
  readonly url?: unknown
  readonly baseUrl?: unknown
}

interface Router {
  readonly stack: readonly Layer[]
  use(this: Router, ...args: unknown[]): unknown
  handle(this: Router, req: Request, res: unknown, done?: Next): unknown
}

interface RouterClass {
  readonly prototype: Router
}

interface LayerClass {
  readonly prototype: Layer
}
