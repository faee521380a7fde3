/**
 * Who this process is: what backends and neighbours know it by. Read when first asked for, and once.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from './config/variables.js'

const UNNAMED = 'unknown_service:node'

/** The application's package.json as far as it is of interest. */
interface Package {
  readonly name?: string
  readonly version?: string
}

let application: Package | undefined
let instance: string | undefined

export function serviceNameOf({ serviceName, resource }: Pick<Config, 'serviceName' | 'resource'>): string {
  return serviceName ?? resource['service.name'] ?? applicationPackage().name ?? UNNAMED
}

/** The name of this process among those that run the same service: random, as OpenTelemetry wants it. */
export function instanceId({ resource }: Pick<Config, 'resource'>): string {
  const { randomUUID } = require('node:crypto') as typeof import('node:crypto')
  return resource['service.instance.id'] ?? (instance ??= randomUUID())
}

/** The package.json with a name that is nearest to the script that was started. */
export function applicationPackage(): Package {
  return (application ??= findPackage())
}

/** The application's file; undefined for `-e` and standard input, where the arguments come first. */
export function startedFile(): string | undefined {
  const isText = process.execArgv.some((option) => /^(?:-[ep]{1,2}|--(?:eval|print)(?:=.*)?)$/s.test(option))
  const file = isText ? undefined : process.argv[1]
  return file === undefined || file === '' || file === '-' ? undefined : withinPm2(file)
}

function withinPm2(file: string): string {
  if (process.env['pm_exec_path'] === undefined && process.env['pm2_env'] === undefined) return file
  const { scriptIn } = require('./pm2.js') as typeof import('./pm2.js')
  return scriptIn(file, process.env) ?? file
}

function findPackage(): Package {
  const script = startedFile()
  let folder = script === undefined ? currentFolder() : dirname(script)
  for (;;) {
    const found = packageIn(folder)
    const parent = dirname(folder)
    if (found.name !== undefined || parent === folder) return found
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

function packageIn(folder: string): Package {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
    return { ...(isText(name) && { name }), ...(isText(version) && { version }) }
  } catch {
    return {}
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
