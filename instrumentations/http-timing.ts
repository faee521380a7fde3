/**
 * What a request sent waits for, as logs of its span, where that is asked for: the name's address, the connection, its
 * encryption, the first byte of the answer. Loaded only then.
 *
 * A socket keeps what it has gone through until a request is sent on it, or an error has come of it. `http` says whose
 * socket it is before that has happened; undici only afterwards.
 */
import type { Socket } from 'node:net'
import { Stamp, type Kit, type Span } from '../src/instrumentation.js'

/** What has happened to a socket, with the time by the monotonic clock. */
type Step = readonly [name: string, at: number]

/** On a socket that is connecting: the span of the request which it is made for. */
const awaited = Stamp<Span | undefined>()
/** On a socket that nobody has claimed yet, and on the error that was the end of one. */
const steps = Stamp<Step[] | undefined>()

/** Events of a socket, and what they are called in logs. */
const EVENTS: ReadonlyMap<unknown, string> = new Map([
  ['lookup', 'dns.resolved'],
  ['connect', 'connected'],
  ['secureConnect', 'tls.established'],
])

let arePatched = false

/** Sockets tell by events; a listener of ours would be seen. */
export function patchSockets(kit: Kit): void {
  if (arePatched) return
  const { Socket } = require('node:net') as { Socket: { prototype: Socket } }
  kit.wrap(Socket.prototype, 'emit', (emit: (this: Socket, event: unknown, ...args: unknown[]) => boolean) => {
    return function emitTraced(event, argument) {
      const name = EVENTS.get(event)
      if (name !== undefined) note(this, name, argument)
      else if (event === 'error') passOn(this, argument)
      return emit.apply(this, arguments as never)
    }
  })
  arePatched = true
  kit.onUndo(() => (arePatched = false))
}

/** Of `lookup` the argument is what went wrong. It comes once for each address that is going to be tried. */
function note(socket: Socket, name: string, error: unknown): void {
  if (name === 'dns.resolved' && error != null) return
  const taken = steps.get(socket) ?? []
  if (taken.some(([before]) => before === name)) return
  taken.push([name, performance.now()])
  steps.set(socket, taken)
  awaited.get(socket)?.log({ event: name })
}

/** Who gets the error may ask how far it went. */
function passOn(socket: Socket, error: unknown): void {
  const taken = steps.get(socket)
  if (taken !== undefined && typeof error === 'object' && error !== null) steps.set(error, taken)
}

/** A request has been given a socket: one that it has to wait for, or one that another request has left. */
export function logSocket(socket: unknown, span: Span): void {
  const { connecting, destroyed } = socket as Partial<Socket>
  if (connecting === true) awaited.set(socket as Socket, span)
  else if (destroyed !== true) span.log({ event: 'connection.reused' })
}

/** A request is being sent on a socket that may have been made for it. */
export function logSteps(socket: Socket, span: Span): void {
  const logged = log(steps.get(socket) ?? [], span)
  steps.set(socket, undefined)
  if (!logged) span.log({ event: 'connection.reused' })
}

/** Nothing was sent: `error` came before. */
export function logStepsBefore(error: object, span: Span): void {
  log(steps.get(error) ?? [], span)
}

export function logFirstByte(span: Span): void {
  span.log({ event: 'first_byte' })
}

/** What happened before the request was there it did not wait for. Returns whether there was anything else. */
function log(taken: readonly Step[], span: Span): boolean {
  const { record } = span
  if (record === undefined) return true
  // The span's clock and the monotonic one go at the same pace.
  const offset = span.now() - performance.now()
  const since = taken.filter(([, at]) => at + offset >= record.start)
  for (const [event, at] of since) span.log({ event }, at + offset)
  return since.length > 0
}
