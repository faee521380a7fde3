/**
 * Jaeger's binary form, OpenTracing's `binary` format. Big endian: trace id (16 bytes), span id, parent id (8 each),
 * flags (1), number of baggage items (4); each item as the length of its key (4), key, the length of its value (4), value.
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import { hexId } from './hex.js'
import type { Found } from './propagator.js'

const NO_ID = '0'.repeat(16)
const SAMPLED_BIT = 0x01
const DEBUG_BIT = 0x02
/** What Jaeger's own readers refuse to go beyond. */
const MOST_ITEMS = 180
const LONGEST_TEXT = 4096

export function encodeBinary({ traceId, spanId, parentId, sampling, baggage }: SpanContext): Buffer {
  const debug = sampling === Sampling.Debug ? DEBUG_BIT : 0
  const items = [...(baggage ?? [])].map((item) => item.map((text) => Buffer.from(text)))
  const sendable = items.filter((item) => item.every((text) => text.length <= LONGEST_TEXT)).slice(0, MOST_ITEMS)
  return Buffer.concat([
    Buffer.from(`${traceId || NO_ID + NO_ID}${spanId || NO_ID}${parentId ?? NO_ID}`, 'hex'),
    Buffer.of(isSampled(sampling) ? SAMPLED_BIT | debug : 0),
    int32(sendable.length),
    ...sendable.flat().flatMap((text) => [int32(text.length), text]),
  ])
}

/** @returns undefined where the bytes are not a context */
export function decodeBinary(bytes: Buffer): Found | undefined {
  if (bytes.length < 37) return undefined
  const baggage = itemsOf(bytes)
  if (baggage === undefined) return undefined
  const hex = bytes.toString('hex', 0, 32)
  const traceId = hexId(hex.slice(0, 32), 32)
  const spanId = hexId(hex.slice(32, 48), 16)
  const found = baggage.size > 0 ? { baggage } : {}
  if (traceId === undefined || spanId === undefined) return found
  const parentId = hexId(hex.slice(48), 16)
  return { ...found, ids: { traceId, spanId, parentId, narrow: traceId.startsWith(NO_ID) }, sampling: decision(bytes) }
}

function decision(bytes: Buffer): Sampling {
  const flags = bytes.readUInt8(32)
  if ((flags & SAMPLED_BIT) === 0) return Sampling.Denied
  return (flags & DEBUG_BIT) === 0 ? Sampling.Accepted : Sampling.Debug
}

function itemsOf(bytes: Buffer): Map<string, string> | undefined {
  const count = bytes.readInt32BE(33)
  if (count < 0 || count > MOST_ITEMS) return undefined
  const texts: string[] = []
  let at = 37
  while (texts.length < count * 2) {
    const length = at + 4 > bytes.length ? -1 : bytes.readInt32BE(at)
    const end = at + 4 + length
    if (length < 0 || length > LONGEST_TEXT || end > bytes.length) return undefined
    texts.push(bytes.toString('utf8', at + 4, end))
    at = end
  }
  const items = new Map<string, string>()
  for (let i = 0; i < texts.length; i += 2) items.set(texts[i] as string, texts[i + 1] as string)
  return items
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}
