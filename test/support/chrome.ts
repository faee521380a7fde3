/**
 * The rules of the Chrome trace event format, as chrome://tracing and Perfetto have them.
 */
import assert from 'node:assert/strict'

export interface ChromeEvent {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly cat?: string
  readonly id?: string
  readonly ts?: number
  readonly dur?: number
  readonly bp?: string
  readonly bind_id?: string
  readonly flow_in?: boolean
  readonly flow_out?: boolean
  readonly args?: Readonly<Record<string, unknown>>
}

/** A span as its events tell it. */
export interface Drawn {
  readonly name: string
  readonly pid: number
  readonly lane: string
  readonly start: number
  readonly end: number
  /** How many others it lies in. */
  readonly depth: number
  readonly args: Readonly<Record<string, unknown>>
}

/** 64 bits are all that Perfetto reads of an id. */
const ID = /^0x[0-9a-f]{1,16}$/
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  M: ['args'],
  b: ['cat', 'id', 'ts'],
  n: ['cat', 'id', 'ts'],
  e: ['cat', 'id', 'ts'],
  X: ['cat', 'ts', 'dur'],
  C: ['ts', 'args'],
  s: ['cat', 'id', 'ts'],
  f: ['cat', 'id', 'ts'],
}

/** Reads a file in the array form, whose end may be missing, and checks each event. */
export function readChrome(text: string): ChromeEvent[] {
  assert.ok(text.startsWith('[\n'))
  const events = JSON.parse(`${text.trimEnd().replace(/,$/, '')}]`) as ChromeEvent[]
  events.forEach(checkEvent)
  return events
}

export function checkEvent(event: ChromeEvent): void {
  const required = REQUIRED[event.ph]
  assert.ok(required, `there is no phase ${event.ph}`)
  for (const field of required) assert.ok(field in event, `${event.ph} lacks ${field}`)
  assert.equal(typeof event.name, 'string')
  for (const number of [event.pid, event.tid]) assert.ok(Number.isInteger(number) && number >= 0 && number < 2 ** 32)
  for (const time of [event.ts ?? 0, event.dur ?? 0]) assert.ok(Number.isFinite(time) && time >= 0)
  for (const id of [event.id ?? '0x1', event.bind_id ?? '0x1']) assert.match(id, ID)
  if (event.ph === 'C') for (const value of Object.values(event.args ?? {})) assert.equal(typeof value, 'number')
}

/**
 * The spans that `b` and `e` make. Fails where they do not pair: an `e` ends the innermost `b` of its lane, which must be
 * of its name, and time never goes back.
 */
export function drawn(events: readonly ChromeEvent[]): Drawn[] {
  const lanes = new Map<string, ChromeEvent[]>()
  const times = new Map<string, number>()
  const spans: Drawn[] = []
  for (const event of events) {
    if (event.ph !== 'b' && event.ph !== 'e') continue
    const lane = `${event.cat} ${event.id}`
    const open = lanes.get(lane) ?? []
    const ts = event.ts ?? 0
    lanes.set(lane, open)
    assert.ok(ts >= (times.get(lane) ?? 0), `${event.name} goes back in time`)
    times.set(lane, ts)
    if (event.ph === 'b') open.push(event)
    else {
      const {
        name,
        pid,
        ts: start = 0,
        args = {},
      } = open.pop() ?? assert.fail(`nothing is open that ${event.name} ends`)
      assert.deepEqual([name, pid], [event.name, event.pid])
      spans.push({ name, pid, lane: event.id ?? '', start, end: ts, depth: open.length, args })
    }
  }
  for (const [lane, open] of lanes) assert.deepEqual(open, [], `${lane} stays open`)
  return spans
}
