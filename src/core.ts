/**
 * The tracer with all its parts, made when the first library or the first span asks for it.
 */
import type { Config } from './config/variables.js'
import { Pipeline } from './export/pipeline.js'
import type { Core } from './hooks/kit.js'
import { carriers } from './propagation/carriers.js'
import { setKnownMethods } from './known-methods.js'
import type { Composite } from './propagation/composite.js'
import { propagationOf } from './propagation/configured.js'
import type { Variables } from './propagation/environment.js'
import { samplerOf, tailOf } from './sampling/configured.js'
import { activeContext, activeScope } from './scope/scope.js'
import type { SpanContext } from './tracer/context.js'
import { newTimedTraceId, newTraceId } from './tracer/ids.js'
import { releaseAllLingerers } from './tracer/lingerers.js'
import type { SpanKind } from './tracer/record.js'
import { Tracer, type SpanHooks, type SpanSink } from './tracer/tracer.js'

const AN_HOUR = 3_600_000

export interface Running extends Core {
  /** Resolves when all spans finished so far have been sent, or given up. */
  flush(): Promise<void>
}

/** @param inherited what this process was started with of another one's trace */
export function makeCore(config: Config, version: string, inherited?: Variables): Running {
  setKnownMethods(config.knownMethods)
  if (config.slowCallbacks !== undefined) watchCallbacks(config.slowCallbacks)
  const propagation = propagationOf(config)
  const pipeline = new Pipeline(config, version)
  const doctor = config.doctor === undefined ? undefined : watching()
  const destination = named(doctor?.watchedSink(pipeline) ?? pipeline, config)
  const sink = tailOf(config, destination)
  const tracer: Tracer = new Tracer({
    sampler: samplerOf(config),
    sink,
    recordsUnsampled: sink !== destination,
    hooks: config.hooks === undefined ? undefined : hooksIn(config.hooks),
    carriers: carriers(propagation),
    origin: inherited && originOf(contextIn(inherited, propagation)),
    newTraceId: config.propagators.includes('xray') ? newTimedTraceId : newTraceId,
    limits: {
      tags: config.tagCount,
      valueLength: config.valueLength,
      logs: config.logCount,
      links: config.linkCount,
      spans: config.spanCount,
    },
    activeContext,
    onFirst() {
      const { whenEnding } = require('./export/at-exit.js') as typeof import('./export/at-exit.js')
      whenEnding(() => tracer.finishOpen())
    },
  })
  return {
    tracer,
    propagation: doctor?.watchedPropagation(propagation, config.propagators) ?? propagation,
    inherited,
    trusts: trustIn(config),
    options: config,
    async flush() {
      releaseAllLingerers()
      // The exporters do not keep a process up, but whoever awaits this has something left to do.
      const alive = setInterval(() => undefined, AN_HOUR)
      try {
        await pipeline.flush()
      } finally {
        clearInterval(alive)
      }
    },
  }
}

function watchCallbacks(limit: number): void {
  const { watchCallbacks } = require('./slow-callbacks.js') as typeof import('./slow-callbacks.js')
  watchCallbacks(limit)
}

function watching(): typeof import('./doctor/watch.js') {
  return require('./doctor/watch.js') as typeof import('./doctor/watch.js')
}

/** Undefined where everybody is trusted, as is usual. */
function trustIn({ trustInbound }: Config): Core['trusts'] {
  if (trustInbound.length === 1 && trustInbound[0] === 'all') return undefined
  const { trustOf } = require('./propagation/trust.js') as typeof import('./propagation/trust.js')
  return trustOf(trustInbound)
}

function contextIn(inherited: Variables, propagation: Composite): SpanContext | null {
  const { EnvironmentReader } = require('./propagation/environment.js') as typeof import('./propagation/environment.js')
  return propagation.extract(new EnvironmentReader(inherited))
}

/**
 * A process that another one started belongs to that one's trace with what it does of its own accord. Requests and
 * messages that reach it do not, nor does what the application begins in their course.
 */
function originOf(context: SpanContext | null): ((kind: SpanKind | undefined) => SpanContext | undefined) | undefined {
  if (context === null) return undefined
  return (kind) => (kind === 'server' || kind === 'consumer' || activeScope() !== undefined ? undefined : context)
}

/** Spans on their way out get the names of the services that they called. */
function named(sink: SpanSink, { peerServices }: Config): SpanSink {
  if (Object.keys(peerServices).length === 0) return sink
  const { namingPeers } = require('./export/peer-service.js') as typeof import('./export/peer-service.js')
  return namingPeers(sink, peerServices)
}

function hooksIn(path: string): SpanHooks {
  const { spanHooks } = require('./span-hooks.js') as typeof import('./span-hooks.js')
  return spanHooks(path)
}
