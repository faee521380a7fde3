/**
 * Who else traces in this process.
 */
import { otherTracers, packagesAmong } from '../hooks/guards.js'

/** What the copies of OpenTelemetry's API share. */
const SHARED = Symbol.for('opentelemetry.js.api.1')

/** By names that people know. */
export function tracersBeside(): string[] {
  const packages = packagesAmong(Object.keys(require.cache), (name) => otherTracers.has(name))
  const names = [...packages.keys()].map((name) => `${otherTracers.get(name)} (${name})`)
  return hasOwnProvider() ? [...names, 'an OpenTelemetry tracer provider of the application'] : names
}

/** Whether the application has set a tracer provider: ours stands behind an accessor (bridge/opentelemetry/offer.ts). */
function hasOwnProvider(): boolean {
  const shared = (globalThis as Record<symbol, unknown>)[SHARED]
  if (typeof shared !== 'object' || shared === null) return false
  return Object.getOwnPropertyDescriptor(shared, 'trace')?.value !== undefined
}
