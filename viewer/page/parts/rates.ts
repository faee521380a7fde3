/**
 * Rates and shares as they are read.
 */

/** @param rate a second */
export function rateOf(rate: number): string {
  if (rate >= 1) return `${rate >= 100 ? rate.toFixed(0) : rate.toFixed(1)}/s`
  const aMinute = rate * 60
  return `${aMinute >= 10 ? aMinute.toFixed(0) : aMinute.toFixed(1)}/min`
}

export function shareOf(part: number, whole: number): string {
  const share = whole > 0 ? (part / whole) * 100 : 0
  return `${share > 0 && share < 10 ? share.toFixed(1) : share.toFixed(0)} %`
}
