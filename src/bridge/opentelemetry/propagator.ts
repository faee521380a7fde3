/**
 * OpenTelemetry's TextMapPropagator: the configured header formats, over the application's own carriers.
 */
import type { Composite, Reader } from '../../propagation/composite.js'
import { contextIn } from '../../scope/scope.js'
import { BAGGAGE_KEY, SPAN_KEY, type ApiContext, type Getter, type Setter } from './api.js'
import { baggageOf } from './baggage.js'
import { scopeOf } from './context.js'
import { silentFaceOf } from './span.js'

export class Propagator {
  readonly #formats: Composite

  constructor(formats: Composite) {
    this.#formats = formats
  }

  inject(context: ApiContext, carrier: unknown, setter: Setter): void {
    const scope = scopeOf(context)
    const current = contextIn(scope)
    if (current === undefined || scope.suppressed) return
    this.#formats.inject(current, (name, value) => setter.set(carrier, name, value))
  }

  /** @returns `context` itself if nothing is found */
  extract(context: ApiContext, carrier: unknown, getter: Getter): ApiContext {
    const found = this.#formats.extract(new GetterReader(carrier, getter))
    if (found === null) return context
    const isBaggageAlone = !found.hasIds && found.sampling === 0
    const withSpan = isBaggageAlone ? context : context.setValue(SPAN_KEY, silentFaceOf(found))
    const baggage = baggageOf(found)
    return baggage === undefined ? withSpan : withSpan.setValue(BAGGAGE_KEY, baggage)
  }

  fields(): string[] {
    return [...new Set(this.#formats.propagators.flatMap(({ fields }) => fields))]
  }
}

/** Reads by the application's getter. Names that differ in case alone are found too. */
class GetterReader implements Reader {
  readonly #carrier: unknown
  readonly #getter: Getter
  #spelling: ReadonlyMap<string, string> | undefined

  constructor(carrier: unknown, getter: Getter) {
    this.#carrier = carrier
    this.#getter = getter
  }

  get(name: string): string | undefined {
    const value = this.#getter.get(this.#carrier, name) ?? this.#inOtherCase(name)
    if (typeof value === 'string') return value
    return Array.isArray(value) && value.length > 0 ? value.join(',') : undefined
  }

  names(): Iterable<string> {
    return this.#spellings().keys()
  }

  #inOtherCase(name: string): unknown {
    const key = this.#spellings().get(name)
    return key === undefined || key === name ? undefined : this.#getter.get(this.#carrier, key)
  }

  /** The carrier's keys by their lower-case form. */
  #spellings(): ReadonlyMap<string, string> {
    if (this.#spelling !== undefined) return this.#spelling
    const keys: unknown = this.#getter.keys?.(this.#carrier)
    const texts = Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
    return (this.#spelling = new Map(texts.map((key) => [key.toLowerCase(), key])))
  }
}
