/**
 * Which copy of OpenTelemetry's API is speaking: known by the file from which it calls.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { warnOnce } from '../../log.js'

const NAME = '@opentelemetry/api'
const DEPTH = 10
/** The bundle that offer.ts is part of. */
const PRELOAD = join(__dirname, '..', '..', 'preload.js')

/** The version of the copy further up the stack, or undefined if it is part of a bundle, which is said. */
export function apiVersionOfCaller(): string | undefined {
  const caller = filesOnStack().find((file) => file !== PRELOAD && !file.startsWith(__dirname))
  if (caller === undefined) return undefined
  const version = versionAbove(caller)
  if (version === undefined)
    warnOnce(
      'opentelemetry-bundled',
      `${caller} brings its own OpenTelemetry set-up and its own copy of ${NAME}, which cannot take over from pretrace; ` +
        'OTEL_NODE_DISABLED_INSTRUMENTATIONS=opentelemetry lets it',
    )
  return version
}

/** Files of the calls under way, innermost first. */
function filesOnStack(): string[] {
  const before = Object.getOwnPropertyDescriptors(Error)
  try {
    Error.stackTraceLimit = DEPTH
    Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName())
    const names = new Error().stack as unknown as (string | null | undefined)[]
    return names.filter((name) => typeof name === 'string').map(pathOf)
  } finally {
    restore('prepareStackTrace', before.prepareStackTrace)
    restore('stackTraceLimit', before.stackTraceLimit)
  }
}

function restore(name: string, before: PropertyDescriptor | undefined): void {
  if (before === undefined) Reflect.deleteProperty(Error, name)
  else Object.defineProperty(Error, name, before)
}

function pathOf(name: string): string {
  return name.startsWith('file:') ? fileURLToPath(name) : name
}

/** The version in the nearest package.json above `file`, if that is the API's. */
function versionAbove(file: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const found = manifestIn(folder)
    if (found?.name !== undefined) return found.name === NAME ? found.version : undefined
  }
  return undefined
}

function manifestIn(folder: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string }
  } catch {
    // There is none here.
    return undefined
  }
}
