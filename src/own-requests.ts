/**
 * What the tracer itself sends its requests by: Node's functions as they were before the application could replace them. A
 * mock of the application's neither sees the tracer's messages nor stops them.
 */
import type * as Http from 'node:http'

type Request = typeof Http.request
type Name = 'http' | 'https'

const originals = new Map<Name, Request>()

/** To be called when the module is loaded, before anybody else has it. */
export function keepOriginal(name: Name, { request }: { readonly request: Request }): void {
  if (!originals.has(name)) originals.set(name, request)
}

/** @returns `request` of that module: as it is now, where nobody has kept the original */
export function ownRequest(name: Name): Request {
  // Keeps the original, if this is the first to load it.
  const { request } = name === 'http' ? require('node:http') : (require('node:https') as typeof Http)
  return originals.get(name) ?? request
}
