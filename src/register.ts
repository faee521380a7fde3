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
  const known = new Set(all.flatMap(namesOf))
  const strangers = [...(only ?? []), ...without].filter((name) => !known.has(name))
  if (strangers.length > 0) {
    warn(`there is no instrumentation ${strangers.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`)
  }
  const isIn = (names: readonly string[], listed: Listed): boolean =>
    namesOf(listed).some((name) => names.includes(name))
  return all.filter((listed) => (only === undefined || isIn(only, listed)) && !isIn(without, listed))
}

function namesOf({ name, aliases = [] }: Listed): readonly string[] {
  return [name, ...aliases]
}
