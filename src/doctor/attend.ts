/**
 * Has the doctor look on: everything that is known of tracing in this process, put together for each report.
 */
import { explain } from '../config/explain.js'
import type { Environment } from '../config/load.js'
import type { Config } from '../config/variables.js'
import type { Running } from '../core.js'
import type { Listed } from '../hooks/loader.js'
import { isEsModule } from '../hooks/unannounced.js'
import { serviceNameOf } from '../identity.js'
import { ledger, noneDropped } from '../ledger.js'
import { onWarning } from '../log.js'
import { Sampling, SpanContext } from '../tracer/context.js'
import { newSpanId, newTraceId } from '../tracer/ids.js'
import { version } from '../version.js'
import { preloadedBy } from './basics.js'
import { Libraries } from './libraries.js'
import type { ExporterReport, Traced } from './report.js'
import { reportTo } from './reporter.js'
import { tracersBeside } from './tracers.js'
import { flushWatched, headersSeen, spansSeen } from './watch.js'

/** The doctor does not wait as long as a batch may. */
const FLUSH_INTERVAL = 500
const MOST_WARNINGS = 50

export interface Attended {
  readonly folder: string
  readonly config: Config
  /** What it was made of. */
  readonly env: Environment
  readonly all: readonly Listed[]
  readonly enabled: readonly Listed[]
  readonly core: () => Running
}

export function attend({ folder, config, env, all, enabled, core }: Attended): void {
  const file = (globalThis as Record<symbol, unknown>)[Symbol.for('pretrace.registered')] as string
  const libraries = new Libraries(all, enabled)
  const warnings: string[] = []
  onWarning((line) => warnings.length < MOST_WARNINGS && warnings.push(line))
  const fixed = {
    preload: { file, by: preloadedBy(file) },
    version,
    service: serviceNameOf(config),
    isEsModule: process.argv[1] ? isEsModule(process.argv[1]) : false,
    variables: explain(env),
    propagators: config.propagators.filter((name) => name !== 'none'),
    sample: sampleOf(core()),
  }
  reportTo(folder, (): Traced => {
    const { spans } = spansSeen()
    return {
      ...fixed,
      libraries: libraries.report(),
      tracers: tracersBeside(),
      headers: headersSeen(),
      spans,
      started: ledger.started,
      finished: ledger.finished,
      exporters: exporters(config),
      warnings,
    }
  })
  keepFlushing()
}

/** What a request would carry. */
function sampleOf({ propagation }: Running): (readonly [string, string])[] {
  const trace = {
    id: newTraceId(),
    narrow: false,
    traceState: undefined,
    random: true,
    properties: undefined,
  }
  const context = new SpanContext(trace, newSpanId(), undefined, Sampling.Accepted, undefined, undefined)
  const sample: (readonly [string, string])[] = []
  propagation.inject(context, (name, value) => sample.push([name, value]))
  return sample
}

function exporters({ exporters }: Config): ExporterReport[] {
  const { handedOver } = spansSeen()
  return exporters
    .filter((name) => name !== 'none')
    .map((name) => {
      const { exported = 0, dropped, lastFailure } = ledger.exporters[name] ?? {}
      const lost = Object.values(dropped ?? {}).reduce((sum, count) => sum + count, 0)
      return { name, exported, waiting: handedOver - exported - lost, dropped: dropped ?? noneDropped(), lastFailure }
    })
}

/** Lest the doctor has to wait for the answer of a backend, or a process ends before there is one. */
function keepFlushing(): void {
  let isFlushing = false
  const flush = async (): Promise<void> => {
    if (isFlushing) return
    isFlushing = true
    await flushWatched()
    isFlushing = false
  }
  setInterval(() => void flush(), FLUSH_INTERVAL).unref()
}
