/**
 * Offers our parts to every copy of `@opentelemetry/api` 1.x, by the global object through which those find each other.
 *
 * Each copy reads `version`, which must not be older than its own minor version, and then the part that it needs. A copy
 * that registers a part of the application's own puts the object back into its place first, then asks whether that part
 * is taken and whether `version` is exactly its own. From the first of these steps it can be told what is coming: the
 * place answers with an empty slot and the caller's version, so that the application has its way.
 */
import type { Running } from '../../core.js'
import { warnOnce } from '../../log.js'
import type { ApiParts } from './api.js'

const KEY = Symbol.for('opentelemetry.js.api.1')
/** No 1.x is newer. */
const VERSION = '1.999.0'

type Part = keyof ApiParts

const WHAT: Readonly<Record<Part, string>> = {
  trace: 'tracer provider of its own: its spans go there and are not in pretrace’s traces',
  context: 'context manager of its own: the API’s spans and pretrace’s do not nest',
  propagation: 'propagator of its own: the API’s inject and extract go by that',
}

/** @param running makes the tracer; called when the API is used for the first time */
export function offerToApi(running: () => Running): void {
  const place = globalThis as Record<symbol, unknown>
  if (place[KEY] === undefined) {
    new Offer(running).standAt(place)
    return
  }
  const line =
    'OpenTelemetry’s API was set up before pretrace and is left alone; preload pretrace first to trace what uses it'
  warnOnce('opentelemetry:before', line)
}

class Offer {
  /** The object that all copies share. */
  private readonly slots = {}
  private readonly running: () => Running
  private parts: ApiParts | undefined
  /** The version of the copy that is registering something; undefined while none is. */
  private registering: string | undefined

  constructor(running: () => Running) {
    this.running = running
    Object.defineProperty(this.slots, 'version', { get: () => this.registering ?? VERSION, enumerable: true })
    for (const part of Object.keys(WHAT) as Part[]) this.open(part)
  }

  standAt(place: object): void {
    Object.defineProperty(place, KEY, {
      get: () => {
        this.registering = undefined
        return this.slots
      },
      set: (value: unknown) => {
        if (value === this.slots) this.registering = versionOfCaller()
        else replace(place, KEY, value, 'API object of its own: what uses it is not traced')
      },
      configurable: true,
    })
  }

  private open(part: Part): void {
    Object.defineProperty(this.slots, part, {
      get: () => (this.registering === undefined ? this.load()[part] : undefined),
      set: (value: unknown) => {
        replace(this.slots, part, value, WHAT[part])
      },
      enumerable: true,
      configurable: true,
    })
  }

  private load(): ApiParts {
    const { apiParts } = require('./parts.js') as typeof import('./parts.js')
    return (this.parts ??= apiParts(this.running()))
  }
}

/** The application has its way. */
function replace(owner: object, key: PropertyKey, value: unknown, what: string): void {
  Object.defineProperty(owner, key, { value, writable: true, enumerable: true, configurable: true })
  warnOnce('opentelemetry', `the application has set an OpenTelemetry ${what}`)
}

/** The caller's version of the API, which has just put the object into its place. */
function versionOfCaller(): string {
  const { apiVersionOfCaller } = require('./caller.js') as typeof import('./caller.js')
  return apiVersionOfCaller() ?? VERSION
}
