/**
 * A viewer under test, asked over HTTP, and spans to send to it.
 */
import assert from 'node:assert/strict'
import { request, type IncomingHttpHeaders } from 'node:http'
import type { InsightList, TraceAnswer, TraceList } from '../../viewer/model/api.js'
import { startViewer, type Viewer, type ViewerOptions } from '../../viewer/server/index.js'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Asks as it is told: `fetch` would not let a `Host` be forged, nor a path leave its folder. */
export function askUrl(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: Question = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers: { ...headers }, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export class TestViewer {
  readonly viewer: Viewer

  private constructor(viewer: Viewer) {
    this.viewer = viewer
  }

  static async start(options: ViewerOptions = {}): Promise<TestViewer> {
    return new TestViewer(await startViewer({ port: 0, ...options }))
  }

  get url(): string {
    return this.viewer.url
  }

  ask(path: string, question?: Question): Promise<Answer> {
    return askUrl(this.url, path, question)
  }

  async json<T>(path: string): Promise<T> {
    const { status, body } = await this.ask(path)
    assert.equal(status, 200, body)
    return JSON.parse(body) as T
  }

  async send(json: object, path = '/v1/traces'): Promise<void> {
    const { status, body } = await this.post(json, path)
    assert.ok(status === 200 || status === 202, body)
  }

  post(json: object, path = '/v1/traces'): Promise<Answer> {
    const headers = { 'content-type': 'application/json' }
    return this.ask(path, { method: 'POST', headers, body: JSON.stringify(json) })
  }

  traces(parameters = ''): Promise<TraceList> {
    return this.json<TraceList>(`/api/traces${parameters}`)
  }

  trace(id: string): Promise<TraceAnswer> {
    return this.json<TraceAnswer>(`/api/traces/${id}`)
  }

  async insights(): Promise<InsightList['insights']> {
    return (await this.json<InsightList>('/api/insights')).insights
  }

  close(): Promise<void> {
    return this.viewer.close()
  }
}

/** A span, told in short. */
export interface Sketch {
  readonly trace: string
  readonly id: string
  readonly parent?: string
  readonly name?: string
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  readonly service?: string
  /** Ms after noon of some day. */
  readonly start?: number
  readonly duration?: number
  readonly failed?: boolean
  readonly tags?: Readonly<Record<string, string | number | boolean>>
}

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer']
export const NOON = 1_700_000_000_000

/** An id with so many digits. */
export function idOf(text: string, digits = 32): string {
  return Buffer.from(text).toString('hex').padStart(digits, 'a').slice(-digits)
}

/** Spans as OTLP JSON. */
export function otlp(spans: readonly Sketch[]): object {
  return {
    resourceSpans: spans.map((span) => ({
      resource: {
        attributes: attributes({
          'service.name': span.service ?? 'app',
          'service.instance.id': `${span.service ?? 'app'}-1`,
        }),
      },
      scopeSpans: [{ scope: { name: 'test' }, spans: [spanOf(span)] }],
    })),
  }
}

function spanOf(sketch: Sketch): object {
  const { trace, id, parent, name = id, kind = 'internal', start = 0, duration = 1, failed, tags = {} } = sketch
  return {
    traceId: idOf(trace),
    spanId: idOf(id, 16),
    ...(parent !== undefined && { parentSpanId: idOf(parent, 16) }),
    name,
    kind: KINDS.indexOf(kind),
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + duration),
    attributes: attributes(tags),
    ...(failed === true && { status: { code: 2, message: 'it broke' } }),
  }
}

function nanoseconds(time: number): string {
  return `${Math.round((NOON + time) * 1000)}000`
}

function attributes(tags: NonNullable<Sketch['tags']>): object[] {
  return Object.entries(tags).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'number'
          ? { doubleValue: value }
          : { boolValue: value },
  }))
}

/** A request that passes two services and fails in a database. */
export const REQUEST: readonly Sketch[] = [
  {
    trace: 'one',
    id: 'root',
    name: 'GET /buy',
    kind: 'server',
    service: 'front',
    duration: 50,
    tags: { 'http.route': '/buy' },
  },
  { trace: 'one', id: 'call', parent: 'root', name: 'GET', kind: 'client', service: 'front', start: 5, duration: 30 },
  {
    trace: 'one',
    id: 'serve',
    parent: 'call',
    name: 'GET /stock',
    kind: 'server',
    service: 'back',
    start: 10,
    duration: 20,
  },
  {
    trace: 'one',
    id: 'query',
    parent: 'serve',
    name: 'SELECT stock',
    kind: 'client',
    service: 'back',
    start: 12,
    duration: 10,
    failed: true,
    tags: { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': 'db', 'http.status_code': 500 },
  },
]
