/**
 * OpenTracing's formats for inject and extract by hand: `http_headers` and `text_map` over plain objects.
 */
import type { SpanContext } from '../tracer/context.js'
import type { Carriers } from '../tracer/tracer.js'
import type { Composite, Reader } from './composite.js'

const TEXT_FORMATS: ReadonlySet<string> = new Set(['http_headers', 'text_map'])

/** Reads an object with lower-case names, as Node gives headers; values may be anything. */
export class HeadersReader implements Reader {
  private readonly headers: Readonly<Record<string, unknown>>

  constructor(headers: Readonly<Record<string, unknown>>) {
    this.headers = headers
  }

  get(name: string): string | undefined {
    const value = this.headers[name]
    if (typeof value === 'string') return value
    if (Array.isArray(value)) return value.filter((item) => typeof item === 'string').join(',')
    return undefined
  }

  names(): Iterable<string> {
    return Object.keys(this.headers)
  }
}

/** Inject and extract for a tracer that writes and reads with `composite`. Neither ever throws. */
export function carriers(composite: Composite): Carriers {
  return {
    inject(context: SpanContext, format: string, carrier: unknown): void {
      if (!TEXT_FORMATS.has(format) || !isObject(carrier)) return
      try {
        composite.inject(context, (name, value) => {
          removeOtherCase(carrier, name)
          carrier[name] = value
        })
      } catch {
        // A frozen carrier: OpenTracing's inject does not throw.
      }
    },
    extract(format: string, carrier: unknown): SpanContext | null {
      if (!TEXT_FORMATS.has(format) || !isObject(carrier)) return null
      try {
        return composite.extract(new HeadersReader(lowerCased(carrier)))
      } catch {
        // A getter of the carrier threw.
        return null
      }
    },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function lowerCased(carrier: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(carrier)) copy[key.toLowerCase()] = carrier[key]
  return copy
}

function removeOtherCase(carrier: Record<string, unknown>, name: string): void {
  for (const key of Object.keys(carrier)) if (key !== name && key.toLowerCase() === name) delete carrier[key]
}
