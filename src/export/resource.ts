/**
 * What all spans of this process have in common.
 */
import { hostname } from 'node:os'
import type { Config } from '../config/variables.js'
import { serviceNameOf } from '../identity.js'
import type { TagValue } from '../tracer/record.js'

export { serviceNameOf }

export type Resource = Readonly<Record<string, TagValue>>

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
