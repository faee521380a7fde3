/**
 * The variables of the application: as it had them, and where from.
 */
import { explain } from '../../config/explain.js'
import { parseConfig, type Environment } from '../../config/load.js'
import type { Config } from '../../config/variables.js'
import type { Traced } from '../../doctor/report.js'
import type { Setting } from './examination.js'

/** Ours, for this very occasion. */
const OWN = 'PRETRACE_DOCTOR'

/** @param traced the application's report; without one, our own environment is explained */
export function settingsOf(traced: Traced | undefined, own: Environment = process.env): Setting[] {
  const variables = traced?.variables ?? explain(own)
  return variables
    .filter(({ name }) => name !== OWN)
    .map((variable) => ({ ...variable, source: sourceOf(variable, own) }))
}

function sourceOf(
  { name, state, text, isSecret }: Setting | Traced['variables'][number],
  own: Environment,
): Setting['source'] {
  if (state === 'default') return 'default'
  const given = own[name]
  return given !== undefined && (isSecret || given === text) ? 'environment' : 'set on the way'
}

/** The configuration that these variables make. Secrets are not told: ours stand in for them. */
export function configOf(settings: readonly Setting[], own: Environment = process.env): Config {
  const told = settings.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text] as const]))
  const secret = settings.filter(({ isSecret }) => isSecret).map(({ name }) => [name, own[name]] as const)
  return parseConfig(Object.fromEntries([...told, ...secret]), [])
}
