/**
 * The composition root: the one place that knows everybody. It reads the configuration, watches for libraries, and does
 * nothing more until one comes.
 */
import { instrumentations } from '../instrumentations/index.js'
import { loadConfig } from './config/load.js'
import type { Config } from './config/variables.js'
import type { Running } from './core.js'
import { Loader, type Listed } from './hooks/loader.js'
import { warn } from './log.js'
import { publish } from './running.js'
import * as scope from './scope/scope.js'
import { version } from './version.js'

/** Starts tracing in this process. */
export function register(): void {
  const config = loadConfig(process.env)
  let running: Running | undefined
  const core = (): Running => {
    const { makeCore } = require('./core.js') as typeof import('./core.js')
    return (running ??= makeCore(config, version))
  }
  publish({ core, scope })
  new Loader(chosen(instrumentations, config), core).start()
}

function chosen(all: readonly Listed[], config: Config): Listed[] {
  const { enabledInstrumentations: only, disabledInstrumentations: without } = config
  const enabled = only === undefined ? all : named(all, only, 'ENABLED')
  const disabled = without.length === 0 ? [] : named(all, without, 'DISABLED')
  // A list in which no name is right is as none.
  return (enabled.length === 0 ? all : enabled).filter((listed) => !disabled.includes(listed))
}

function named(all: readonly Listed[], names: readonly string[], which: 'ENABLED' | 'DISABLED'): readonly Listed[] {
  const found = all.filter((listed) => namesOf(listed).some((name) => names.includes(name)))
  const strangers = names.filter((name) => !all.some((listed) => namesOf(listed).includes(name)))
  if (strangers.length > 0) {
    const used = found.map(({ name }) => name).join(',') || (which === 'ENABLED' ? 'all' : 'none')
    const there = all.map(({ name }) => name).join(', ')
    warn(`OTEL_NODE_${which}_INSTRUMENTATIONS="${strangers.join(',')}" is not one of ${there}; using ${used}`)
  }
  return found
}

function namesOf({ name, aliases = [] }: Listed): readonly string[] {
  return [name, ...aliases]
}
