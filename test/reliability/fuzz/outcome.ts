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
    // What hangs on a promise is told by messages that show it; see above.
    const told = message.replace(/Received Promise[^]*/, 'Received Promise')
    return `${name} ${String(code)} ${told} ${Object.keys(error).join()}`
  } catch {
    return 'unreadable'
  }
}

/** Calls that have not come to anything after nothing else has for so long will never do, ms. */
export const LATE = 2500

let waiting = new Set<(what: string) => void>()
let lastSettled = 0

/** Waits for something until everybody has waited long enough (see {@link patience}). */
function waited(start: (settle: (what: string) => void) => void): Promise<string> {
  return new Promise((resolve) => {
    const settle = (what: string): void => {
      waiting.delete(settle)
      lastSettled = performance.now()
      resolve(what)
    }
    waiting.add(settle)
    start(settle)
  })
}

/** Resolves when all that was waited for has come to something, or nothing has for a while. */
export async function patience(): Promise<void> {
  lastSettled = performance.now()
  while (waiting.size > 0 && performance.now() - lastSettled < LATE)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const left = [...waiting]
  waiting = new Set()
  for (const settle of left) settle('pending')
}

/** What becomes of a promise. */
export function later(value: unknown): Promise<string> {
  if (!(value instanceof Promise)) return Promise.resolve('')
  return waited((settle) => {
    value.then(
      (result: unknown) => settle(shape(result)),
      (error: unknown) => settle(`rejected ${described(error)}`),
    )
  })
}

/** The first of some events of an emitter; then the emitter is done away with. */
export function events(emitter: Any, names: readonly string[], away: (emitter: Any) => void): Promise<string> {
  return waited((settle) => {
    for (const name of names) emitter.once(name, (...all: unknown[]) => settle(`${name} ${all.map(shape).join()}`))
  }).then((what) => {
    emitter.on('error', () => undefined)
    away(emitter)
    return what
  })
}

/** A call: made when its turn comes. What it returns is told; a promise is waited for. */
export type Call = () => unknown
