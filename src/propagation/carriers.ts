/**
 * OpenTracing's formats for inject and extract by hand: `http_headers` and `text_map` over plain objects, Maps and
 * Headers, `binary` over an object with a `buffer`.
 */
import type { SpanContext } from '../tracer/context.js'
import type { Carriers } from '../tracer/tracer.js'
import type { Beginnings } from './beginnings.js'
import { contextFrom, type Composite, type Reader } from './composite.js'

const HEADERS = 'http_headers'
const TEXT_MAP = 'text_map'
const BINARY = 'binary'

/** Reads an object with lower-case names, as Node gives headers; values may be anything. */
export class HeadersReader implements Reader {
  readonly isPlain: boolean
  private readonly headers: Readonly<Record<string, unknown>>

  constructor(headers: Readonly<Record<string, unknown>>, isPlain = false) {
    this.headers = headers
    this.isPlain = isPlain
  }

  get(name: string): string | undefined {
    const value = this.headers[name]
    if (typeof value === 'string') return value
    if (Array.isArray(value)) return joined(value)
    return undefined
  }

  names(): Iterable<string> {
    return Object.keys(this.headers)
  }

  /** One look at each name there is takes a fraction of what it takes to ask for each that might be. */
  lacks(beginnings: Beginnings): boolean {
    for (const name in this.headers) if (beginnings.mean(name)) return false
    return true
  }
}

/** Inject and extract for a tracer that writes and reads with `composite`. Neither ever throws. */
export function carriers(composite: Composite): Carriers {
  return {
    inject(context: SpanContext, format: string, carrier: unknown): void {
      if (!isObject(carrier)) return
      try {
        if (format === BINARY) carrier['buffer'] = binary().encodeBinary(context)
        else if (format === HEADERS || format === TEXT_MAP) {
          composite.inject(context, writerTo(carrier), undefined, format === TEXT_MAP)
        }
      } catch {
        // A frozen carrier: OpenTracing's inject does not throw.
      }
    },
    extract(format: string, carrier: unknown): SpanContext | null {
      if (!isObject(carrier)) return null
      try {
        if (format === BINARY) return extractBinary(carrier['buffer'])
        if (format !== HEADERS && format !== TEXT_MAP) return null
        return composite.extract(new HeadersReader(lowerCased(carrier), format === TEXT_MAP))
      } catch {
        // A carrier that does not let itself be read.
        return null
      }
    },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Map and Headers; an object of headers has texts where these have functions. */
function isMap(carrier: object): carrier is Map<string, unknown> {
  const { set, entries } = carrier as Partial<Map<string, unknown>>
  return typeof set === 'function' && typeof entries === 'function'
}

function binary(): typeof import('./binary.js') {
  return require('./binary.js') as typeof import('./binary.js')
}

function extractBinary(buffer: unknown): SpanContext | null {
  if (!Array.isArray(buffer) && !(buffer instanceof Uint8Array)) return null
  const found = binary().decodeBinary(Buffer.from(buffer as Uint8Array))
  return found === undefined ? null : contextFrom([found])
}

/** The texts of an array, as Node joins a header that came several times; undefined where there are none. */
function joined(values: readonly unknown[]): string | undefined {
  const texts = values.filter((value) => typeof value === 'string')
  return texts.length === 0 ? undefined : texts.join(',')
}

/** A copy with lower-case names; of names that differ in case alone, the first counts. */
function lowerCased(carrier: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>
  const names = isMap(carrier) ? [...carrier.keys()] : Object.keys(carrier)
  for (const name of names) {
    if (typeof name === 'string') copy[name.toLowerCase()] ??= read(carrier, name)
  }
  return copy
}

function read(carrier: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return isMap(carrier) ? carrier.get(name) : carrier[name]
  } catch {
    // A getter that throws is as a header that is not there.
    return undefined
  }
}

/** Replaces a header of the same name in whatever case it stands. */
function writerTo(carrier: Record<string, unknown>): (name: string, value: string) => void {
  if (isMap(carrier)) {
    return (name, value) => {
      for (const key of carrier.keys()) if (isOtherCase(key, name)) carrier.delete(key)
      carrier.set(name, value)
    }
  }
  return (name, value) => {
    for (const key of Object.keys(carrier)) if (isOtherCase(key, name)) delete carrier[key]
    carrier[name] = value
  }
}

function isOtherCase(key: unknown, name: string): boolean {
  return key !== name && typeof key === 'string' && key.toLowerCase() === name
}
