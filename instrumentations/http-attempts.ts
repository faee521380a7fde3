/**
 * Where the instrumentations of HTTP tell what they send and what becomes of it, for a request may come after another one.
 * The rules are in http-resends.ts, which is loaded with the first answer that may lead on.
 *
 * `factsOf` and its two arguments: what to ask the library's objects, and only if need be.
 */
import { glimpse, type Span } from '../src/instrumentation.js'
import type { Facts } from './http-resends.js'

let rules: typeof import('./http-resends.js') | undefined

type FactsOf<A, B> = (a: A, b: B) => Facts

/** The request of `span` is about to be sent. */
export function noteSent<A, B>(span: Span, factsOf: FactsOf<A, B>, a: A, b: B): void {
  if (rules?.isExpecting(span) !== true) return
  const facts = glimpse(factsOf, a, b)
  if (facts !== undefined) rules.sent(span, facts)
}

/** The response of `span` has begun. */
export function noteAnswer<A, B>(span: Span, status: unknown, factsOf: FactsOf<A, B>, a: A, b: B): void {
  if (typeof status !== 'number' || status < 300 || span.record === undefined) return
  const { answered, leadsOn } = loadRules()
  const facts = leadsOn(status) ? glimpse(factsOf, a, b) : undefined
  if (facts !== undefined) answered(span, facts, status)
}

/** No response has come, or not all of it. */
export function noteFailure<A, B>(span: Span, factsOf: FactsOf<A, B>, a: A, b: B): void {
  const facts = span.record === undefined ? undefined : glimpse(factsOf, a, b)
  if (facts !== undefined) loadRules().failed(span, facts)
}

function loadRules(): NonNullable<typeof rules> {
  return (rules ??= require('./http-resends.js') as NonNullable<typeof rules>)
}
