/**
 * What is wrong with the environment.
 */
import type { Setting } from './examination.js'
import { note, problem, type Rule } from './finding.js'

export const badVariables: Rule = ({ settings }) =>
  settings.flatMap(({ name, state, problem: line }) => {
    if (line === undefined) return []
    const title = /[.?!]$/.test(line) ? line : `${line}.`
    if (state === 'unknown') return [problem('variable-unknown', title, `Correct or remove ${name}.`)]
    if (state === 'bad') return [problem('variable-bad', title, `Correct or remove ${name} (docs/CONFIGURATION.md).`)]
    return [note('variable-unused', title)]
  })

/** The value that counts of a variable. */
export function valueOf(settings: readonly Setting[], variable: string): string | undefined {
  return settings.find(({ name }) => name === variable)?.effective
}

/** A variable of several names, as it was set: `OTEL_TRACES_SAMPLER=always_off`. */
export function asSet(settings: readonly Setting[], meaning: RegExp): string[] {
  return settings
    .filter(({ name, state }) => state === 'used' && meaning.test(name))
    .map(({ name, text, effective }) => `${name}=${text ?? effective ?? ''}`)
}
