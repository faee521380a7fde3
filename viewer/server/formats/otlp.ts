/**
 * What both encodings of OTLP have in common.
 */
import type { Kind } from '../../model/trace.js'
import { tagOf, type FlatTags } from '../store/kept.js'

/** `SpanKind`, by number. */
export const KINDS: readonly Kind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer']

/** `StatusCode`. */
export const ERROR = 2

export function kindOf(number: number): Kind {
  return KINDS[number] ?? 'internal'
}

/** The name of the service in a resource's attributes. */
export function serviceOf(tags: FlatTags): string {
  const name = tagOf(tags, 'service.name')
  return typeof name === 'string' ? name : ''
}
