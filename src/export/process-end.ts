/**
 * Notices that the process is ending, without being seen.
 *
 * A listener would change what others do. `signal-exit`, which half of npm uses, leaves a process running on SIGTERM if
 * somebody else listens too; and whoever counts `exit` listeners would count one more. So `process` gets no listener:
 *
 * - `exit` is seen in `process.emit`, after the application's listeners have had it.
 * - For a signal Node keeps one watcher, made by an internal listener for `newListener`, which calls what `process.emit`
 *   is at that moment. We have the watcher made while ours is in that place. Where Node has no such internals, a signal
 *   ends the process at once, as ever.
 */
import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

type Emit = (this: NodeJS.Process, event: string, ...args: unknown[]) => boolean
type Kill = (this: NodeJS.Process, pid: number, signal?: string | number) => true
interface Members {
  emit: Emit
  kill: Kill
}

const members = process as unknown as Members
let lastWord: (() => void) | undefined

/** Has `fn` called, synchronously, when the `exit` event is over. */
export function whenExiting(fn: () => void): void {
  const { emit } = members
  replace('emit', function (event) {
    if (event !== 'exit') return emit.apply(this, arguments as never)
    try {
      return emit.apply(this, arguments as never)
    } finally {
      fn()
    }
  })
}

/** Has `fn` called, synchronously, before SIGTERM or SIGINT ends this process. The application's listeners go first. */
export function beforeSignalDeath(fn: () => void): void {
  const isArmed = lastWord !== undefined
  lastWord = fn
  if (!isArmed) replaceKill()
  const watch = internal('newListener', 'startListeningIfSignal')
  const { emit } = members
  members.emit = onSignal
  try {
    for (const signal of SIGNALS) if (process.listenerCount(signal) === 0) watch?.call(process, signal)
  } finally {
    members.emit = emit
  }
}

/**
 * There is no last word any more. The watcher stays: a signal that has come is on its way to it until the event loop's next
 * turn, and would be lost with it. The process would then live on for good.
 */
export function letSignalsKill(): void {
  lastWord = undefined
}

function unwatchSignals(): void {
  const unwatch = internal('removeListener', 'stopListeningIfSignal')
  // It looks itself whether the application listens.
  for (const signal of SIGNALS) unwatch?.call(process, signal)
}

/** Stands in for `process.emit` in the watcher of a signal. */
function onSignal(this: NodeJS.Process, signal: string, ...rest: unknown[]): boolean {
  if (process.listenerCount(signal) > 0) return members.emit.call(process, signal, ...rest)
  return process.kill(process.pid, signal)
}

/** A process that signals itself dies within the call; a watched signal would come a turn of the loop later. */
function replaceKill(): void {
  const { kill } = members
  if (Object.hasOwn(kill, REPLACED)) return
  replace('kill', function (pid, signal = 'SIGTERM') {
    const name = SIGNALS.find((known) => known === signal || constants.signals[known] === signal)
    if (name !== undefined && pid === process.pid && process.listenerCount(name) === 0) {
      lastWord?.()
      lastWord = undefined
      unwatchSignals()
    }
    return kill.apply(this, arguments as never)
  })
}

const REPLACED = Symbol('pretrace.replaced')

/** Puts a function in the place of one of `process`, alike from outside. */
function replace<Name extends keyof Members>(name: Name, replacement: Members[Name]): void {
  const original = members[name]
  const { name: label, length } = original
  Object.defineProperties(replacement, {
    name: { value: label, configurable: true },
    length: { value: length, configurable: true },
    [REPLACED]: { value: true },
  })
  Object.defineProperty(members, name, { value: replacement, writable: true, configurable: true, enumerable: false })
}

function internal(event: string, name: string): ((signal: string) => void) | undefined {
  return process.listeners(event as 'exit').find((listener) => listener.name === name) as never
}
