/**
 * All that the doctor found out, before it is judged.
 */
import type { Explained } from '../../config/explain.js'
import type { Report, Traced } from '../../doctor/report.js'
import type { Ended } from '../child.js'

/** A variable, and where its value comes from. */
export interface Setting extends Explained {
  readonly source: 'environment' | 'set on the way' | 'default'
}

/** What an exporter's backend said to a message without spans. */
export interface Probe {
  readonly exporter: string
  readonly target: string
  /** Undefined where nobody answers by nature, as over UDP. */
  readonly isFine: boolean | undefined
  readonly why?: string | undefined
}

/** The request that the doctor sent itself. */
export interface Asked {
  readonly url: string
  readonly outcome: string
  readonly isAnswered: boolean
}

export interface Examination {
  /** What was run; undefined where only the environment, or reports, were looked at. */
  readonly command?: string | undefined
  /** Given as it would be for Node, and not as a command. */
  readonly isScript: boolean
  readonly startError?: string | undefined
  /** How it ended, if it did before we ended it. */
  readonly ended?: Ended | undefined
  /** For how long it was watched, ms. */
  readonly watched: number
  readonly reports: readonly Report[]
  readonly settings: readonly Setting[]
  readonly probes: readonly Probe[]
  readonly asked?: Asked | undefined
}

/** Programs that start others. */
const LAUNCHERS = /[\\/](npm|npx|yarn|pnpm|corepack)(-cli|-exec)?(\.[cm]?js)?$|[\\/](nodemon|pm2|concurrently)[\\/]/i

export function isLauncher({ script = '' }: Report): boolean {
  return LAUNCHERS.test(script)
}

/** The process that all is about: one that is traced before one that is not, one that does much before one that does little. */
export function applicationAmong(reports: readonly Report[]): Report | undefined {
  return reports.filter((report) => !isLauncher(report)).sort((a, b) => weightOf(b) - weightOf(a))[0]
}

function weightOf({ traced, ports, startedAt }: Report): number {
  const [most, more, much, some] = [1e17, 1e16, 1e15, 1e14]
  return (
    (ports.length > 0 ? most : 0) +
    ((traced?.finished ?? 0) > 0 ? more : 0) +
    (traced !== undefined && traced.libraries.length > 0 ? much : 0) +
    (traced === undefined ? 0 : some) -
    // Of two alike the first: it has started the other.
    startedAt
  )
}

export function tracedOf(examination: Examination): Traced | undefined {
  return applicationAmong(examination.reports)?.traced
}
