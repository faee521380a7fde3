/**
 * Numbers and times on the command line.
 */
import { UsageError } from './command.js'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/**
 * A time such as `250`, `250ms`, `10s` or `2m`, in milliseconds.
 *
 * @param usual the unit where none is given
 * @throws UsageError
 */
export function durationOf(name: string, text: string | undefined, usual: 'ms' | 's'): number | undefined {
  if (text === undefined) return undefined
  const [, number, unit = usual] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim()) ?? []
  if (number !== undefined) return Number(number) * (UNITS[unit] as number)
  throw new UsageError(`--${name} ${text} is not a time, such as 250ms or 10s`)
}

/** @throws UsageError */
export function integerOf(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined
  const number = /^\d+$/.test(text) ? Number(text) : NaN
  if (number <= most) return number
  throw new UsageError(`--${name} ${text} is not a number from 0 to ${most}`)
}

export function portOf(text: string | undefined): number | undefined {
  return integerOf('port', text, 65_535)
}
