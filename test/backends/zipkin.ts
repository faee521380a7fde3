/**
 * Zipkin's server, from Maven.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend, Running } from './backend.js'
import { ask, fetched, freePorts, needs, Program } from './programs.js'
import { zipkin as protocol } from './protocols.js'
import type { Told } from './told.js'

const VERSION = '3.5.1'

interface ZipkinSpan {
  readonly traceId: string
  readonly id: string
  readonly parentId?: string
  readonly kind?: string
  readonly name?: string
  readonly timestamp?: number
  readonly duration?: number
  readonly localEndpoint?: { readonly serviceName?: string }
  readonly annotations?: readonly { readonly value: string }[]
  readonly tags?: Readonly<Record<string, string>>
}

export const zipkin: Backend = {
  name: `Zipkin ${VERSION}`,
  async obtain(cache) {
    needs('java')
    const jar = process.env['TEST_ZIPKIN_JAR'] ?? join(cache, `zipkin-server-${VERSION}-exec.jar`)
    if (existsSync(jar)) return jar
    needs('mvn')
    const artifact = `-Dartifact=io.zipkin:zipkin-server:${VERSION}:jar:exec`
    await fetched('mvn', ['dependency:copy', '-B', '-q', artifact, `-DoutputDirectory=${cache}`], cache)
    return jar
  },
  async start(jar): Promise<Running> {
    const [port = 0] = await freePorts(1)
    const api = `http://127.0.0.1:${port}`
    const program = await Program.start('java', ['-Xmx256m', '-jar', jar], `${api}/health`, {
      QUERY_PORT: String(port),
      STORAGE_TYPE: 'mem',
    })
    return {
      protocols: [protocol(port)],
      trace: async (id) => (await ask<ZipkinSpan[]>(`${api}/api/v2/trace/${id}`))?.map(toldOf) ?? [],
      overview: (told) => overview(api, told),
      output: () => program.output(),
      stop: () => program.stop(),
    }
  },
}

function toldOf({ kind = 'internal', annotations = [], tags = {}, ...span }: ZipkinSpan): Told {
  return {
    traceId: span.traceId,
    id: span.id,
    parentId: span.parentId,
    service: span.localEndpoint?.serviceName ?? '',
    name: span.name ?? '',
    kind: kind.toLowerCase(),
    start: span.timestamp ?? 0,
    duration: span.duration ?? 0,
    failed: 'error' in tags,
    tags: new Map(Object.entries(tags)),
    resource: new Map(),
    logs: annotations.map(({ value }) => value),
    links: [],
  }
}

/** Its lists of services and of their spans, and the arrows between services. */
async function overview(api: string, told: readonly Told[]): Promise<string[]> {
  const missing: string[] = []
  const services = (await ask<string[]>(`${api}/api/v2/services`)) ?? []
  for (const service of new Set(told.map((span) => span.service))) {
    if (!services.includes(service)) missing.push(`${service} is not among its services`)
    const names = (await ask<string[]>(`${api}/api/v2/spans?serviceName=${encodeURIComponent(service)}`)) ?? []
    for (const name of new Set(told.filter((span) => span.service === service).map((span) => span.name.toLowerCase())))
      if (!names.includes(name)) missing.push(`${name} is not among its spans of ${service}`)
  }
  const links = await ask<{ parent: string; child: string }[]>(`${api}/api/v2/dependencies?endTs=${Date.now()}`)
  for (const child of ['customer', 'driver', 'route'])
    if (links?.some((link) => link.parent === 'frontend' && link.child === child) !== true)
      missing.push(`it draws no arrow from frontend to ${child}`)
  return missing
}
