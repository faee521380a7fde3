/**
 * The composition root: the one place that knows everybody. It reads the configuration, watches for libraries, and does
 * nothing more until one comes.
 */
import { instrumentations } from '../instrumentations/index.js'
import { offerToApi } from './bridge/opentelemetry/offer.js'
import { carriedBy, loadConfig, type Environment } from './config/load.js'
import type { Config } from './config/variables.js'
import type { Running } from './core.js'
import { Loader, type Listed } from './hooks/loader.js'
import type { Instrumentation } from './instrumentation.js'
import { warnOnce } from './log.js'
import { publish } from './running.js'
import * as scope from './scope/scope.js'
import { version } from './version.js'

/**
 * Starts tracing in this process.
 *
 * @param env what configures it, which need not be all in `process.env` so far: see pm2.ts
 */
export function register(env: Environment): void {
  const config = withNames(loadConfig(env))
  const inherited = carriedBy(env)
  let running: Running | undefined
  const core = (): Running => {
    const { makeCore } = require('./core.js') as typeof import('./core.js')
    return (running ??= makeCore(config, version, inherited))
  }
  const own = bridges(core)
  const listed = chosen(instrumentations, own, config)
  const loader = new Loader(listed, core, programIn(env))
  publish({ core, scope, bundled: (...file) => loader.onBundled(...file) })
  loader.start()
  if (listed.some(({ name }) => name === OPENTELEMETRY)) offerToApi(core)
  if (config.viewer !== undefined) joinViewer(config)
  if (config.doctor !== undefined)
    attend({ ...config, doctor: config.doctor }, env, [...instrumentations, ...own], listed, core)
}

/** What is run, PM2's part in it aside. */
function programIn(env: Environment): string | undefined {
  if (env['pm_exec_path'] === undefined) return process.argv[1]
  const { startedFile } = require('./identity.js') as typeof import('./identity.js')
  return startedFile()
}

function joinViewer(config: Config): void {
  const { joinViewer } = require('./viewer/host.js') as typeof import('./viewer/host.js')
  joinViewer(config)
}

/** `pretrace doctor` is looking on. */
function attend(
  config: Config & { readonly doctor: string },
  env: Environment,
  all: readonly Listed[],
  enabled: readonly Listed[],
  core: () => Running,
): void {
  const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads')
  if (!isMainThread) return
  const { attend } = require('./doctor/attend.js') as typeof import('./doctor/attend.js')
  attend({ folder: config.doctor, config, env, all, enabled, core })
}

const OPENTELEMETRY = 'opentelemetry'

/** The APIs by which the application may trace itself. OpenTelemetry's is found by its global object, not by its name. */
function bridges(core: () => Running): readonly Listed[] {
  const load = (): Instrumentation => {
    const { opentracing } = require('./bridge/opentracing.js') as typeof import('./bridge/opentracing.js')
    return opentracing(() => core().tracer)
  }
  return [
    { name: 'opentracing', modules: ['opentracing', 'jaeger-client'], load },
    { name: OPENTELEMETRY, modules: [], load },
  ]
}

/** The bridges are no instrumentations: a choice of those leaves the application's own tracing code working. */
function chosen(instrumentations: readonly Listed[], bridges: readonly Listed[], config: Config): Listed[] {
  const { enabledInstrumentations: only, disabledInstrumentations: without } = config
  const all = [...instrumentations, ...bridges]
  const enabled = only === undefined ? all : named(all, only, 'OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'all')
  const disabled = without.length === 0 ? [] : named(all, without, 'OTEL_NODE_DISABLED_INSTRUMENTATIONS')
  // A list in which no name is right is as none.
  return (enabled.length === 0 ? all : [...new Set([...enabled, ...bridges])]).filter((one) => !disabled.includes(one))
}

/** What else speaks of instrumentations does so by their own names. */
function withNames(config: Config): Config {
  const { requireParent } = config
  if (requireParent.length === 0) return config
  const found = named(instrumentations, requireParent, 'PRETRACE_REQUIRE_PARENT')
  return { ...config, requireParent: found.map(({ name }) => name) }
}

/** @param ifNone what is used where no name is right */
function named(all: readonly Listed[], names: readonly string[], variable: string, ifNone = 'none'): readonly Listed[] {
  const found = all.filter((listed) => namesOf(listed).some((name) => names.includes(name)))
  const strangers = names.filter((name) => !all.some((listed) => namesOf(listed).includes(name)))
  if (strangers.length > 0) {
    const used = found.map(({ name }) => name).join(',') || ifNone
    const there = all.map(({ name }) => name).join(', ')
    warnOnce(`named:${variable}`, `${variable}="${strangers.join(',')}" is not one of ${there}; using ${used}`)
  }
  return found
}

function namesOf({ name, aliases = [] }: Listed): readonly string[] {
  return [name, ...aliases]
}
