/**
 * HTTP methods that may stand in names of spans. There are few of them, while a stranger may send any number of others.
 */
import { variables } from './config/variables.js'

let known: ReadonlySet<string> = new Set(variables.knownMethods.default)

/** Replaces the methods of RFC 9110 and its sisters; case counts. */
export function setKnownMethods(methods: readonly string[]): void {
  known = new Set(methods)
}

export function isKnownMethod(method: string): boolean {
  return known.has(method)
}
