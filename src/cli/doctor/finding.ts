/**
 * What a judgement is made of.
 */
import type { Examination } from './examination.js'

export interface Finding {
  /** For scripts: `endpoint-refused`, `loaded-early`. */
  readonly code: string
  /** Of problems one is enough for being unhealthy. */
  readonly level: 'problem' | 'note'
  readonly title: string
  /** What to do, a line a thought. */
  readonly advice: readonly string[]
}

/** Looks for one kind of trouble. */
export type Rule = (examination: Examination) => readonly Finding[]

export function problem(code: string, title: string, ...advice: readonly string[]): Finding {
  return { code, level: 'problem', title, advice }
}

export function note(code: string, title: string, ...advice: readonly string[]): Finding {
  return { code, level: 'note', title, advice }
}

export const PRELOADING = [
  'Start it as `node -r pretrace/register app.js`, or with NODE_OPTIONS="--require pretrace/register".',
]
