/**
 * From configuration to the exporters it asks for. Each is loaded only when it is wanted and a span has finished.
 */
import type { Config, ExporterName } from '../config/variables.js'
import type { SpanRecord } from '../tracer/record.js'
import type { SpanSink } from '../tracer/tracer.js'
import type { Exporter } from './exporter.js'
import type { FanOut } from './fan-out.js'

const MAKERS: Readonly<Record<Exclude<ExporterName, 'none'>, (config: Config, version: string) => Exporter>> = {
  otlp: (config, version) => (require('./otlp.js') as typeof import('./otlp.js')).otlpExporter(config, version),
  zipkin: (config, version) => (require('./zipkin.js') as typeof import('./zipkin.js')).zipkinExporter(config, version),
  jaeger: (config, version) => (require('./jaeger.js') as typeof import('./jaeger.js')).jaegerExporter(config, version),
  otlp_file: (config, version) =>
    (require('./otlp-file.js') as typeof import('./otlp-file.js')).otlpFileExporter(config, version),
  chrome: (config) => (require('./chrome.js') as typeof import('./chrome.js')).chromeExporter(config),
  viewer: (config, version) =>
    (require('../viewer/exporter.js') as typeof import('../viewer/exporter.js')).viewerExporter(config, version),
  console: (config) => (require('./console.js') as typeof import('./console.js')).consoleExporter(config),
}

/** One exporter as it is configured. */
export function exporterOf(name: Exclude<ExporterName, 'none'>, config: Config, version: string): Exporter {
  return MAKERS[name](config, version)
}

export class Pipeline implements SpanSink {
  private readonly config: Config
  private readonly version: string
  private exporters: FanOut | undefined

  constructor(config: Config, version: string) {
    this.config = config
    this.version = version
    // At once: not only exporters send messages.
    const { httpProxy, httpsProxy } = config
    if (httpProxy !== undefined || httpsProxy !== undefined) proxies().setProxies(config)
  }

  add(record: SpanRecord): void {
    this.exporters ??= this.open()
    this.exporters.add(record)
  }

  async flush(): Promise<void> {
    await this.exporters?.flush()
  }

  private open(): FanOut {
    const { setExitTimeout } = require('./at-exit.js') as typeof import('./at-exit.js')
    const { FanOut } = require('./fan-out.js') as typeof import('./fan-out.js')
    setExitTimeout(this.config.exitTimeout)
    const names = this.config.exporters.filter((name) => name !== 'none')
    const config = forThread(this.config)
    return new FanOut(names.map((name) => exporterOf(name, config, this.version)))
  }
}

function proxies(): typeof import('../http/proxy.js') {
  return require('../http/proxy.js') as typeof import('../http/proxy.js')
}

/** ms. */
const LONGEST_IN_WORKER = 100

/** A worker may be terminated at any time, and nothing in it would hear of that: there spans wait for less long. */
function forThread(config: Config): Config {
  const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads')
  return isMainThread ? config : { ...config, scheduleDelay: Math.min(config.scheduleDelay, LONGEST_IN_WORKER) }
}
