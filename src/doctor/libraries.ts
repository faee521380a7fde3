/**
 * What became of each library of this process.
 */
import { isBuiltin } from 'node:module'
import { join, sep } from 'node:path'
import { bundledIn } from '../hooks/bundled.js'
import { packagesAmong } from '../hooks/guards.js'
import type { Listed } from '../hooks/loader.js'
import { packageVersion } from '../hooks/package-info.js'
import { ledger, type LibraryEntry } from '../ledger.js'
import type { LibraryReport } from './report.js'

/** Libraries that speak to other services, or serve them, and have no instrumentation here. */
const FOREIGN = new Set([
  '@aws-sdk/client-s3',
  '@aws-sdk/client-sqs',
  '@elastic/elasticsearch',
  '@grpc/grpc-js',
  '@hapi/hapi',
  '@nestjs/core',
  'amqplib',
  'cassandra-driver',
  'fastify',
  'kafkajs',
  'koa',
  'memcached',
  'mongodb',
  'mysql',
  'mysql2',
  'nats',
  'restify',
  'tedious',
])
/** Files of the application that are looked into for libraries, at most. */
const MOST_FILES = 50

/** An installed copy of a package. */
interface Installed {
  readonly module: string
  readonly folder: string
}

export class Libraries {
  private readonly all: readonly Listed[]
  private readonly enabled: readonly Listed[]
  private readonly early: ReadonlySet<string>
  private readonly owners = new Map<string, Listed>()
  private readonly versions = new Map<string, string | undefined>()
  private readonly searched = new Map<string, readonly string[]>()

  /** To be made when the preload comes: what is loaded already is early. */
  constructor(all: readonly Listed[], enabled: readonly Listed[]) {
    this.all = all
    this.enabled = enabled
    for (const listed of all) for (const module of listed.modules) this.owners.set(module, listed)
    this.early = new Set(this.installed().map(({ folder }) => folder))
  }

  report(): LibraryReport[] {
    const builtins = ledger.libraries.filter(({ version }) => version === undefined)
    return [...grouped(builtins), ...this.installed().map((copy) => this.about(copy)), ...this.bundled()]
  }

  private installed(): Installed[] {
    const isOfInterest = (name: string): boolean => this.owners.has(name) || FOREIGN.has(name)
    const found = [...packagesAmong(Object.keys(require.cache), isOfInterest)]
    return found.flatMap(([module, folders]) => [...folders].map((folder) => ({ module, folder })))
  }

  private about({ module, folder }: Installed): LibraryReport {
    const version = this.versionOf(folder)
    const listed = this.owners.get(module)
    const entries = ledger.libraries.filter((entry) => entry.module === module && entry.version === version)
    const seams = entries.filter(({ outcome }) => outcome === 'patched').map(({ file }) => file ?? '.')
    const shared = { module, version, folder, instrumentation: listed?.name, seams }
    if (listed === undefined) return { ...shared, outcome: 'foreign' }
    const refusal = entries.find(({ outcome }) => outcome === 'refused')
    const isEarly = this.early.has(folder)
    if (isEarly && (seams.length === 0 || refusal !== undefined)) return { ...shared, outcome: 'early' }
    if (seams.length > 0) return { ...shared, outcome: 'patched', why: refusal?.why }
    if (!this.enabled.includes(listed)) return { ...shared, outcome: 'disabled' }
    if (refusal !== undefined) return { ...shared, outcome: 'refused', why: refusal.why }
    return { ...shared, outcome: this.isServed(listed, module) ? 'aside' : 'unseen' }
  }

  /** Whether another package of the same instrumentation is patched: the seams are where they are. */
  private isServed(listed: Listed, module: string): boolean {
    if ((listed.channels ?? []).length > 0) return true
    return ledger.libraries.some(
      (entry) => entry.instrumentation === listed.name && entry.module !== module && entry.outcome === 'patched',
    )
  }

  private versionOf(folder: string): string | undefined {
    if (!this.versions.has(folder)) this.versions.set(folder, packageVersion(folder))
    return this.versions.get(folder)
  }

  /** What the application's own files hold of libraries. */
  private bundled(): LibraryReport[] {
    const script = process.argv[1]
    const own = [...(script ? [script] : []), ...Object.keys(require.cache)].filter(
      (file) => !/[\\/]node_modules[\\/]/.test(file),
    )
    return own.slice(0, MOST_FILES).flatMap((file) =>
      this.librariesIn(file).map((module): LibraryReport => {
        const instrumentation = this.owners.get(module)?.name
        return { module, folder: file, instrumentation, outcome: 'bundled', seams: [] }
      }),
    )
  }

  private librariesIn(file: string): readonly string[] {
    // This package's own files name the marks that are searched for.
    if (OWN.some((folder) => file.startsWith(folder))) return []
    let found = this.searched.get(file)
    if (found === undefined) this.searched.set(file, (found = bundledIn(file, this.all)))
    return found
  }
}

const OWN = ['..', '../../instrumentations'].map((folder) => join(__dirname, folder) + sep)

/** Node's own modules have no folder; their patches are told of together. */
function grouped(entries: readonly LibraryEntry[]): LibraryReport[] {
  const modules = [...new Set(entries.filter(({ module }) => isBuiltin(module)).map(({ module }) => module))]
  return modules.map((module) => {
    const own = entries.filter((entry) => entry.module === module)
    const refusal = own.find(({ outcome }) => outcome === 'refused')
    const seams = own.filter(({ outcome }) => outcome === 'patched').map(({ file }) => file ?? '.')
    const instrumentation = own[0]?.instrumentation
    return { module, instrumentation, outcome: refusal === undefined ? 'patched' : 'refused', seams, why: refusal?.why }
  })
}
