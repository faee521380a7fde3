/**
 * What a call came to, in a line: the same in both processes.
 */

/* eslint-disable typescript/no-explicit-any */
export type Any = any

// ---- what a call came to ----

export function shape(value: unknown): string {
  try {
    if (typeof value === 'function') return `function ${value.name} ${value.length}`
    if (typeof value !== 'object' || value === null) return String(value)
    if (value instanceof Error) return `error ${described(value)}`
    if (Array.isArray(value)) return `[${value.slice(0, 8).map(shape).join()}]`
    if (Buffer.isBuffer(value)) return value.toString('latin1')
    // Each AsyncLocalStorage that is in use hangs a symbol on every promise, up to Node 22.
    const names = (value instanceof Promise ? Object.keys(value) : Reflect.ownKeys(value).map(String)).join()
    return `${Object.prototype.toString.call(value)} ${value.constructor?.name} ${names}`
  } catch {
    return 'unreadable'
  }
}

export function described(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `thrown ${shape(error)}`
    const { name, message, code } = error as NodeJS.ErrnoException
    return `${name} ${String(code)} ${message} ${Object.keys(error).join()}`
  } catch {
    return 'unreadable'
  }
}

export const LATE = 4000
/** Of what settles, whenever that may be. */
const CERTAIN = 20_000
const certain = new WeakSet<Promise<unknown>>()

export function surely(promise: Promise<unknown>): Promise<unknown> {
  certain.add(promise)
  return promise
}

/** What becomes of a promise, if it is soon. */
export async function later(value: unknown): Promise<string> {
  if (!(value instanceof Promise)) return ''
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(
    (resolve) => (timer = setTimeout(resolve, certain.has(value) ? CERTAIN : LATE, 'pending')),
  )
  const settled = value.then(shape, (error: unknown) => `rejected ${described(error)}`)
  try {
    return await Promise.race([settled, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The first of some events of an emitter, if it comes soon; then the emitter is done away with. */
export function events(emitter: Any, names: readonly string[], away: (emitter: Any) => void): Promise<string> {
  return new Promise((resolve) => {
    const done = (what: string): void => {
      clearTimeout(timer)
      emitter.on('error', () => undefined)
      away(emitter)
      resolve(what)
    }
    const timer = setTimeout(done, LATE, 'nothing')
    for (const name of names) emitter.once(name, (...all: unknown[]) => done(`${name} ${all.map(shape).join()}`))
  })
}

/** A call: made when its turn comes. What it returns is told; a promise is waited for. */
export type Call = () => unknown
