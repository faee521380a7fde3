/**
 * What all spans of this process have in common.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { Config } from '../config/variables.js'
import type { TagValue } from '../tracer/record.js'

export type Resource = Readonly<Record<string, TagValue>>

const UNNAMED = 'unknown_service:node'

/** Resource attributes by OpenTelemetry's conventions. */
export function resourceOf(config: Config, version: string): Resource {
  return {
    'telemetry.sdk.name': 'pretrace',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': version,
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'host.name': hostname(),
    ...config.resource,
    'service.name': serviceNameOf(config),
  }
}

/** The service's name: as configured, or by the application's package. */
export function serviceNameOf(config: Config): string {
  return config.serviceName ?? config.resource['service.name'] ?? packageName() ?? UNNAMED
}

/** The name in the package.json nearest to the script that was started. */
function packageName(): string | undefined {
  const script = process.argv[1]
  let folder = script === undefined || script === '' ? currentFolder() : dirname(script)
  for (;;) {
    const name = nameIn(join(folder, 'package.json'))
    const parent = dirname(folder)
    if (name !== undefined || parent === folder) return name
    folder = parent
  }
}

/** The current folder may have been deleted. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

function nameIn(file: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    return undefined
  }
}
