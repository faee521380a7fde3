/**
 * Times as they are read.
 */
import { duration } from '../../src/export/tree-text.js'

/** Milliseconds in the unit that suits them, three digits. */
export function milliseconds(ms: number): string {
  return duration(ms)
}
