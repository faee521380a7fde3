/**
 * What all spans of this process have in common: read when the first batch goes out, and once.
 */
import { readFileSync } from 'node:fs'
import { hostname, release } from 'node:os'
import { basename } from 'node:path'
import type { Config, DetectorName } from '../config/variables.js'
import { applicationPackage, instanceId, serviceNameOf, startedFile } from '../identity.js'
import type { TagValue } from '../tracer/record.js'
import { containerIdIn, podUidIn } from './container.js'
import { podAttributes } from './kubernetes.js'

export { serviceNameOf }

export type Resource = Readonly<Record<string, TagValue>>
type Found = Readonly<Record<string, TagValue | undefined>>

/** OpenTelemetry's names for what Node calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm: 'arm32', ia32: 'x86', ppc: 'ppc32' }
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }

/** As `OTEL_NODE_RESOURCE_DETECTORS` names them; what a later one finds replaces what an earlier one found. */
const DETECTORS: readonly (readonly [name: DetectorName, detect: (config: Config) => Found])[] = [
  ['process', detectProcess],
  ['host', () => ({ 'host.name': hostname(), 'host.arch': ARCHITECTURES[process.arch] ?? process.arch })],
  ['os', () => ({ 'os.type': SYSTEMS[process.platform] ?? process.platform, 'os.version': release() })],
  ['serviceinstance', (config) => ({ 'service.instance.id': instanceId(config) })],
  ['container', () => ({ 'container.id': containerIdIn(readProc('cgroup'), readProc('mountinfo')) })],
  ['k8s', () => podAttributes(process.env, read, podUidIn(readProc('cgroup'), readProc('mountinfo')))],
]

const known = new WeakMap<Config, Resource>()

/** Resource attributes by OpenTelemetry's conventions. What the configuration says comes before what was found. */
export function resourceOf(config: Config, version: string): Resource {
  let resource = known.get(config)
  if (resource === undefined) known.set(config, (resource = detect(config, version)))
  return resource
}

function detect(config: Config, version: string): Resource {
  const wanted = new Set(config.detectors)
  const found: Record<string, TagValue | undefined> = {
    'telemetry.sdk.name': 'pretrace',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': version,
    'service.version': applicationPackage().version,
  }
  for (const [name, detect] of DETECTORS) {
    if (wanted.has('all') || wanted.has(name)) Object.assign(found, detect(config))
  }
  Object.assign(found, config.resource, { 'service.name': serviceNameOf(config) })
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, TagValue] => entry[1] !== undefined),
  )
}

/** The command without its arguments, which may hold secrets. */
function detectProcess(): Found {
  return {
    'process.pid': process.pid,
    'process.executable.name': basename(process.execPath),
    'process.command': startedFile() ?? process.argv[0],
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  }
}

function readProc(name: string): string {
  return process.platform === 'linux' ? read(`/proc/self/${name}`) : ''
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
