/**
 * What a suite found out, in numbers. Each run of a suite writes its figures to a file of its own, from which
 * scripts/reliability.js makes docs/RELIABILITY.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/run.js'

/** The numbers that the page adds up over all suites. A suite leaves out what it does not look at. */
export interface Totals {
  /** Faults, ends, forged inputs, planted secrets: whatever was tried. */
  readonly cases?: number
  /** Requests that the applications under test served. */
  readonly requests?: number
  readonly delivered?: number
  readonly dropped?: number
  /** Spans that neither arrived nor were counted. */
  readonly lost?: number
  /** Errors of the application that it has only with the preload. */
  readonly errors?: number
  /** Anything else that was another with the preload than without it. */
  readonly differences?: number
  readonly secrets?: number
  /** What tracing added to the slowest request, ms. */
  readonly slowest?: number
}

/** How much of a suite was run: `short` as a part of `npm test`, `long` by a command of its own. */
export type Form = 'short' | 'long'

/** What a suite has to tell. */
export interface Findings {
  /** A word, also the name of its file. */
  readonly suite: string
  readonly title: string
  /** Markdown: what was done, and what holds. */
  readonly says: string
  readonly totals: Totals
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

export interface Figures extends Findings {
  readonly form: Form
  readonly day: string
  readonly machine: string
}

/** Where figures are left; not in the repository. */
const FOLDER = join(root, '.reliability')

/** The form that was asked for. */
export const form: Form = process.env['RELIABILITY'] === 'long' ? 'long' : 'short'

/** A number that depends on the form. */
export function sized(short: number, long: number): number {
  return form === 'long' ? long : short
}

/** Leaves a suite's figures for the page. */
export function leave(findings: Findings): void {
  const { length, 0: cpu } = cpus()
  const figures: Figures = {
    ...findings,
    form,
    day: new Date().toISOString().slice(0, 10),
    machine: `Node ${process.version}, ${length} × ${cpu?.model.trim() ?? 'unknown'}`,
  }
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, `${figures.suite}-${form}.json`), JSON.stringify(figures))
}
