/**
 * Times of day, as this browser's user reads them.
 */
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hour12: false })
const DAY = 86_400_000

/** With tenths of a second. */
export function fineTime(ms: number): string {
  return `${clockTime(ms)}.${Math.floor((ms % 1000) / 100)}`
}

/** The date only where it is not today's. */
export function clockTime(ms: number): string {
  const time = TIME.format(ms)
  return Math.abs(Date.now() - ms) < DAY && DATE.format(ms) === DATE.format(Date.now())
    ? time
    : `${DATE.format(ms)} ${time}`
}

export function fullTime(ms: number): string {
  return FULL.format(ms)
}
