/**
 * JSON of strangers: whatever is not what it should be is as if it were not there.
 */

export type Loose = Readonly<Record<string, unknown>>

export function listOf(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
}

export function objectOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {}
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A number, also of one that is written as text; 0 if it is none. */
export function numberOf(value: unknown): number {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : 0
  return Number.isFinite(number) ? number : 0
}
