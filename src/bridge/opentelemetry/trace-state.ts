/**
 * W3C `tracestate` as OpenTelemetry's API wants it: an immutable list whose newest member comes first.
 */
import type { ApiTraceState } from './api.js'

/** By W3C trace context, level 2. */
const KEY = /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})$/
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const MOST_MEMBERS = 32

type Member = readonly [key: string, value: string]

export class TraceState implements ApiTraceState {
  private readonly members: readonly Member[]

  private constructor(members: readonly Member[]) {
    this.members = members
  }

  /** @param text a header's value that has been found valid */
  static of(text: string): TraceState {
    return new TraceState(text.split(',').map(member))
  }

  get(key: string): string | undefined {
    return this.members.find(([name]) => name === key)?.[1]
  }

  /** A list in which `key` comes first. What may not stand in the header is ignored. */
  set(key: string, value: string): TraceState {
    if (!KEY.test(key) || !VALUE.test(value)) return this
    return new TraceState([[key, value], ...this.unset(key).members].slice(0, MOST_MEMBERS) as Member[])
  }

  unset(key: string): TraceState {
    return new TraceState(this.members.filter(([name]) => name !== key))
  }

  serialize(): string {
    return this.members.map(([key, value]) => `${key}=${value}`).join(',')
  }
}

function member(text: string): Member {
  const equals = text.indexOf('=')
  return [text.slice(0, equals), text.slice(equals + 1)]
}
