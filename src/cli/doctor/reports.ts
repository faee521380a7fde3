/**
 * Reads what processes have written for the doctor.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../../doctor/report.js'

/** Reports by the time at which their processes began. One that cannot be read is left out. */
export function reportsIn(folder: string): Report[] {
  return filesIn(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .flatMap((name) => reportIn(join(folder, name)) ?? [])
    .sort((a, b) => a.startedAt - b.startedAt)
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function reportIn(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return undefined
  }
}
