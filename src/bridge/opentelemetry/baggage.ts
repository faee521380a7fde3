/**
 * Baggage as OpenTelemetry's API has it, from ours and to ours. An entry's metadata is what stands behind the `;` of its
 * member in the header.
 */
import { Stamp } from '../../stamp.js'
import { asText } from '../../tracer/limits.js'
import type { Baggage as Items, BaggageProperties, BaggageProperty, SpanContext } from '../../tracer/context.js'
import type { ApiBaggage, ApiBaggageEntry } from './api.js'

type Entries = ReadonlyMap<string, ApiBaggageEntry>

/** Baggage of ours, as what it travels by. */
export interface Carried {
  readonly items: Items
  readonly properties: BaggageProperties | undefined
}

class Baggage implements ApiBaggage {
  readonly #entries: Entries

  constructor(entries: Entries) {
    this.#entries = entries
  }

  getEntry(key: string): ApiBaggageEntry | undefined {
    const entry = this.#entries.get(key)
    return entry && { ...entry }
  }

  getAllEntries(): [string, ApiBaggageEntry][] {
    return [...this.#entries]
  }

  setEntry(key: string, entry: ApiBaggageEntry): Baggage {
    return new Baggage(new Map(this.#entries).set(key, entry))
  }

  removeEntry(key: string): Baggage {
    return this.removeEntries(key)
  }

  removeEntries(...keys: string[]): Baggage {
    return new Baggage(new Map([...this.#entries].filter(([key]) => !keys.includes(key))))
  }

  clear(): Baggage {
    return new Baggage(new Map())
  }
}

const carriedBy = Stamp<Carried>()
const faces = Stamp<ApiBaggage>()

/** The API's view of a context's baggage, always the same object; undefined if it has none. */
export function baggageOf(context: SpanContext): ApiBaggage | undefined {
  const { baggage: items, trace } = context
  if (items === undefined) return undefined
  const known = faces.get(context)
  if (known !== undefined) return known
  const entries = new Map<string, ApiBaggageEntry>()
  for (const [key, value] of items) entries.set(key, entryOf(value, trace.properties?.get(key)))
  const made = new Baggage(entries)
  carriedBy.set(made, { items, properties: trace.properties })
  faces.set(context, made)
  return made
}

function entryOf(value: string, property: BaggageProperty | undefined): ApiBaggageEntry {
  if (property?.value !== value) return { value }
  const text = property.text.replace(/^;\s*/, '')
  return { value, metadata: { toString: () => text } }
}

/** Baggage of the API, by whatever copy it was made; undefined for what is none. The same for the same object. */
export function carried(baggage: unknown): Carried | undefined {
  if (typeof baggage !== 'object' || baggage === null) return undefined
  const known = carriedBy.get(baggage)
  if (known !== undefined) return known
  const { getAllEntries } = baggage as Partial<ApiBaggage>
  if (typeof getAllEntries !== 'function') return undefined
  const items = new Map<string, string>()
  const properties = new Map<string, BaggageProperty>()
  for (const [key, entry] of getAllEntries.call(baggage)) {
    const value = asText(entry.value)
    items.set(key, value)
    const text = metadataOf(entry)
    if (text !== '') properties.set(key, { value, text: `;${text}` })
  }
  const made = { items, properties }
  carriedBy.set(baggage, made)
  return made
}

/** No line breaks, no further members: it goes into a header as it is. */
function metadataOf({ metadata }: ApiBaggageEntry): string {
  const text = metadata == null ? '' : String(metadata)
  return /^[\x20-\x2b\x2d-\x7e]*$/.test(text) ? text.trim() : ''
}
