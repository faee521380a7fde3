/**
 * Values as people read them.
 */
import type { Value } from './trace.js'

/** Text as it is, numbers and words as they are written, anything else as JSON. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
