/**
 * Every copy of the `opentracing` package that the application loads gets this tracer as its global tracer, and takes our
 * spans for its own. A tracer that the application sets itself has its way, and one line says what that means.
 */
import { defineInstrumentation, type Instrumentation, type Kit } from '../instrumentation.js'
import { warnOnce } from '../log.js'
import { SpanContext } from '../tracer/context.js'
import { Span } from '../tracer/span.js'
import { Tracer } from '../tracer/tracer.js'

const VERSIONS = '>=0.13 <1'

type Class = abstract new (...args: never[]) => unknown

/** @param tracer gives the tracer of this process */
export function opentracing(tracer: () => Tracer): Instrumentation {
  const claim = (file: string, own: Class) => ({
    module: 'opentracing',
    versions: VERSIONS,
    file,
    patch: ({ default: theirs }: ClassFile, kit: Kit) => claimInstances(theirs, own, kit),
  })
  return defineInstrumentation({
    name: 'opentracing',
    patches: [
      {
        module: 'opentracing',
        versions: VERSIONS,
        file: 'lib/global_tracer.js',
        patch: (exports: GlobalTracer, kit) => setGlobalTracer(exports, tracer(), kit),
      },
      claim('lib/span.js', Span),
      claim('lib/span_context.js', SpanContext),
      claim('lib/tracer.js', Tracer),
      {
        module: 'jaeger-client',
        versions: '>=3 <4',
        file: 'dist/src/configuration.js',
        optional: true,
        patch: watchJaeger,
      },
    ],
  })
}

// ---- patch ----

function setGlobalTracer(exports: GlobalTracer, own: Tracer, kit: Kit): void {
  exports.initGlobalTracer(own)
  kit.onUndo(() => exports.initGlobalTracer(null))
  kit.wrap(exports, 'initGlobalTracer', (initGlobalTracer: Init) => {
    return function initGlobalTracerTold(this: unknown, tracer: unknown): void {
      if (tracer !== own) tell(tracer)
      return initGlobalTracer.call(this, tracer)
    }
  })
}

/** Makes `ourSpan instanceof theirs` true. Classes derived from theirs inherit the question, not the answer. */
function claimInstances(theirs: Class, own: Class, kit: Kit): void {
  const isInstance = Function.prototype[Symbol.hasInstance]
  Object.defineProperty(theirs, Symbol.hasInstance, {
    value(this: Class, value: unknown) {
      return isInstance.call(this, value) || (this === theirs && value instanceof own)
    },
    configurable: true,
  })
  kit.onUndo(() => Reflect.deleteProperty(theirs, Symbol.hasInstance))
}

function watchJaeger({ default: configuration }: { default: object }, kit: Kit): void {
  kit.wrap(configuration, 'initTracer', (initTracer: (...args: unknown[]) => unknown) => {
    return function initTracerTold(this: unknown, ...args: unknown[]) {
      const tracer = initTracer.apply(this, args)
      if (isJaegers(tracer)) tell(tracer)
      return tracer
    }
  })
}

// ---- what is said ----

function tell(tracer: unknown): void {
  warnOnce(
    'opentracing',
    isJaegers(tracer)
      ? 'the application has a jaeger-client tracer: its spans go their own way and are not in pretrace’s traces; without its calls of initTracer and initGlobalTracer they are (docs/MIGRATION.md)'
      : 'the application has set an OpenTracing tracer of its own: its spans are not in pretrace’s traces',
  )
}

/** By what a tracer of jaeger-client alone has: disabled by its configuration, it makes another. */
function isJaegers(tracer: unknown): boolean {
  return typeof (tracer as { registerInjector?: unknown } | null | undefined)?.registerInjector === 'function'
}

// ---- the little of opentracing relied upon ----

type Init = (this: unknown, tracer: unknown) => void

interface GlobalTracer {
  initGlobalTracer: Init
}

interface ClassFile {
  readonly default: Class
}
