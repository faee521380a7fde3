/**
 * Jaeger 2: its storage in memory, and every receiver that it has.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sampler } from '../../src/sampling/sampler.js'
import { decisionOf, samplerFrom } from '../support/sampling.js'
import type { Backend, Running } from './backend.js'
import { ask, fetched, freePorts, needs, Program } from './programs.js'
import { allOtlp, allThrift, zipkin } from './protocols.js'
import type { Told } from './told.js'

/** The last version whose module path Go can find; the second generation is a part of it. */
const VERSION = '1.76.0'
const MODULE = `github.com/jaegertracing/jaeger@v${VERSION}`

interface Tag {
  readonly key: string
  readonly value: string | number | boolean
}
interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly operationName: string
  readonly references: readonly { readonly refType: string; readonly spanID: string }[]
  readonly startTime: number
  readonly duration: number
  readonly tags: readonly Tag[]
  readonly logs: readonly { readonly fields: readonly Tag[] }[]
  readonly processID: string
}
interface JaegerTrace {
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly Tag[] }>>
}

export const jaeger: Backend = {
  name: `Jaeger 2 (of ${VERSION})`,
  async obtain(cache) {
    const file = process.env['TEST_JAEGER'] ?? join(cache, `jaeger-${VERSION}`)
    if (existsSync(file)) return file
    needs('go')
    // Its replaced modules keep `go install` from it; built in its own folder, it goes by its own checksums.
    const { Dir } = JSON.parse(await fetched('go', ['mod', 'download', '-json', MODULE], cache)) as { Dir: string }
    await fetched('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', file, './cmd/jaeger'], Dir)
    return file
  },
  async start(file, folder): Promise<Running> {
    const [query, grpc, health, otlp, zipkinPort, http, compact, binary, sampling, samplingGrpc] = (await freePorts(
      10,
    )) as [number, number, number, number, number, number, number, number, number, number]
    const strategies = join(folder, 'strategies.json')
    writeFileSync(strategies, JSON.stringify(STRATEGIES))
    const config = join(folder, 'jaeger.json')
    const at = (port: number): object => ({ endpoint: `127.0.0.1:${port}` })
    writeFileSync(
      config,
      JSON.stringify({
        service: {
          extensions: ['jaeger_storage', 'jaeger_query', 'remote_sampling', 'healthcheckv2'],
          pipelines: {
            traces: { receivers: ['otlp', 'jaeger', 'zipkin'], exporters: ['jaeger_storage_exporter'] },
          },
          telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
        },
        extensions: {
          healthcheckv2: { use_v2: true, http: at(health) },
          jaeger_query: { storage: { traces: 'memory' }, http: at(query), grpc: at(grpc) },
          jaeger_storage: { backends: { memory: { memory: { max_traces: 10_000 } } } },
          remote_sampling: { file: { path: strategies }, http: at(sampling), grpc: at(samplingGrpc) },
        },
        receivers: {
          otlp: { protocols: { http: at(otlp) } },
          jaeger: { protocols: { thrift_http: at(http), thrift_compact: at(compact), thrift_binary: at(binary) } },
          zipkin: at(zipkinPort),
        },
        exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
      }),
    )
    const program = await Program.start(file, ['--config', config], `http://127.0.0.1:${health}/status`)
    const api = `http://127.0.0.1:${query}`
    return {
      protocols: [...allOtlp(otlp), ...allThrift(http, compact, binary), zipkin(zipkinPort)],
      trace: async (id) => (await ask<{ data: JaegerTrace[] }>(`${api}/api/traces/${id}`))?.data.flatMap(spansOf) ?? [],
      overview: (told, { isLowerCase }) => overview(api, told, isLowerCase === true),
      sampling: () => sampledAsTold(sampling),
      output: () => program.output(),
      stop: () => program.stop(),
    }
  },
}

const STRATEGIES = {
  service_strategies: [
    {
      service: 'choosy',
      type: 'probabilistic',
      param: 0,
      operation_strategies: [{ operation: 'GET /users/:id', type: 'probabilistic', param: 1 }],
    },
    { service: 'limited', type: 'ratelimiting', param: 1000 },
    { service: 'open', type: 'probabilistic', param: 1 },
  ],
  default_strategy: { type: 'probabilistic', param: 0 },
}
const SAMPLING_PATIENCE = 5000

/** What services of these names keep, once they know what to. */
async function sampledAsTold(port: number): Promise<string[]> {
  const remote = (service: string): Sampler =>
    samplerFrom({
      OTEL_SERVICE_NAME: service,
      JAEGER_SAMPLER_TYPE: 'remote',
      JAEGER_SAMPLER_PARAM: service === 'unknown' ? '1' : '0',
      JAEGER_SAMPLER_MANAGER_HOST_PORT: `127.0.0.1:${port}`,
    })
  const cases = [
    ['choosy', '/users/7', 'accepted'],
    ['choosy', '/users', 'denied'],
    ['limited', '/users', 'accepted'],
    ['open', '/users', 'accepted'],
    ['unknown', '/users', 'denied'],
  ] as const
  const wrong = await Promise.all(
    cases.map(async ([service, target, should]) => {
      const sampler = remote(service)
      const giveUp = Date.now() + SAMPLING_PATIENCE
      while (decisionOf(sampler, { target }) !== should && Date.now() < giveUp) await sleep(20)
      const is = decisionOf(sampler, { target })
      return is === should ? [] : [`${service} has ${is} GET ${target}`]
    }),
  )
  return wrong.flat()
}

function spansOf({ spans, processes }: JaegerTrace): Told[] {
  return spans.map((span) => {
    const owner = processes[span.processID]
    const tags = texts(span.tags)
    const above = span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID
    return {
      traceId: span.traceID,
      id: span.spanID,
      parentId: above,
      service: owner?.serviceName ?? '',
      name: span.operationName,
      kind: tags.get('span.kind') ?? 'internal',
      start: span.startTime,
      duration: span.duration,
      failed: tags.get('error') === 'true',
      tags,
      resource: texts(owner?.tags ?? []),
      logs: span.logs.map(({ fields }) => fields.map(({ value }) => value).join(' ')),
      links: span.references.filter(({ refType }) => refType !== 'CHILD_OF').map(({ spanID }) => spanID),
    }
  })
}

function texts(tags: readonly Tag[]): Map<string, string> {
  return new Map(tags.map(({ key, value }) => [key, String(value)]))
}

/** Its lists of services and of their operations. */
async function overview(api: string, told: readonly Told[], isLowerCase: boolean): Promise<string[]> {
  const missing: string[] = []
  const { data: services } = (await ask<{ data: string[] }>(`${api}/api/services`)) ?? { data: [] }
  for (const service of new Set(told.map((span) => span.service))) {
    if (!services.includes(service)) missing.push(`${service} is not among its services`)
    const url = `${api}/api/operations?service=${encodeURIComponent(service)}`
    const { data } = (await ask<{ data: { name: string }[] }>(url)) ?? { data: [] }
    for (const name of new Set(told.filter((span) => span.service === service).map((span) => span.name))) {
      const operation = isLowerCase ? name.toLowerCase() : name
      if (!data.some((known) => known.name === operation)) missing.push(`${operation} is no operation of ${service}`)
    }
  }
  return missing
}
