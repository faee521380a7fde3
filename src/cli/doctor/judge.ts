/**
 * From what was found to a verdict: what is wrong, the most fundamental first.
 */
import type { Examination } from './examination.js'
import type { Finding, Rule } from './finding.js'
import { fullQueue, lostAtExit, neverExported, noExporter, unreachable } from './rules-export.js'
import { untracedLibraries } from './rules-libraries.js'
import {
  endedByItself,
  loadedEarly,
  noPreload,
  noReport,
  notStarted,
  otherTracer,
  preloadedLate,
} from './rules-process.js'
import { nothingHappened, nothingSampled, orphans, uselessHeaders } from './rules-traffic.js'
import { badVariables } from './rules-variables.js'

/** Where one of these has something to say, there is nothing else to be looked at. */
const FUNDAMENTAL: readonly Rule[] = [notStarted, noReport, noPreload]

const FURTHER: readonly Rule[] = [
  preloadedLate,
  loadedEarly,
  otherTracer,
  badVariables,
  nothingSampled,
  noExporter,
  unreachable,
  lostAtExit,
  fullQueue,
  untracedLibraries,
  uselessHeaders,
  neverExported,
]

export interface Verdict {
  readonly isHealthy: boolean
  /** Problems before notes. */
  readonly findings: readonly Finding[]
}

export function judge(examination: Examination): Verdict {
  const findings = findingsOn(examination)
  const problems = findings.filter(({ level }) => level === 'problem')
  return {
    isHealthy: problems.length === 0,
    findings: [...problems, ...findings.filter(({ level }) => level === 'note')],
  }
}

function findingsOn(examination: Examination): readonly Finding[] {
  const apply = (rules: readonly Rule[]): Finding[] => rules.flatMap((rule) => rule(examination))
  const fundamental = apply(FUNDAMENTAL)
  if (fundamental.length > 0) return [...fundamental, ...apply([endedByItself])]
  const found = apply(FURTHER)
  const isExplained = found.some(({ code }) => code === 'sampler-off' || code === 'unsampled-upstream')
  return [...found, ...(isExplained ? [] : apply([nothingHappened])), ...apply([orphans, endedByItself])]
}
