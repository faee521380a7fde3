/**
 * Spans of a process with the preload, on every way to a collector: while it runs, and when it ends.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { listening, tunnelTo } from '../support/serving.js'
import { certificates } from '../support/certificates.js'
import { Collector } from '../support/collector.js'
import { preload, root, runNode, sourceOf, type App, type Ran } from '../support/run.js'
import { spanNamed } from '../support/spans.js'

type Environment = Readonly<Record<string, string>>

/** Makes 600 spans. Flushes them, or leaves them to the end of the process. */
const app: App = async (root: string, isFlushed: boolean) => {
  const { tracer, flush } = require(root)
  const parent = tracer.startSpan('parent', {
    tags: { 'http.method': 'GET', text: 'ünïcödé 漢字', big: 2 ** 40, no: false },
  })
  for (let i = 0; i < 599; i++) tracer.startSpan('child', { childOf: parent }).log({ event: 'cache miss', i }).finish()
  parent.finish()
  // Nothing of ours keeps a process alive.
  const alive = setInterval(() => undefined, 1000)
  if (isFlushed) await flush()
  clearInterval(alive)
  if (!isFlushed) process.exit(7)
}

/** The machine may be busy. */
const PATIENT = { PRETRACE_EXIT_TIMEOUT: '20000' }

function run(isFlushed: boolean, env: Environment): Promise<Ran> {
  return runNode(['-r', preload, '-e', sourceOf(app, [root, isFlushed])], { env: { ...PATIENT, ...env } })
}

async function secureServer(collector: Collector): Promise<number> {
  const [cert, key, ca] = [certificates.server, certificates.serverKey, certificates.ca].map((path) =>
    readFileSync(path),
  )
  return listening(
    createSecureServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, collector.listener),
  )
}

const TLS = {
  OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.ca,
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificates.client,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: certificates.clientKey,
}

async function overHttp(collector: Collector): Promise<Environment> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await listening(createServer(collector.listener))}` }
}

const ways: Readonly<Record<string, (collector: Collector) => Promise<Environment>>> = {
  'as protobuf': overHttp,
  'as JSON': async (collector) => ({ ...(await overHttp(collector)), OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }),
  'as protobuf, compressed': async (collector) => ({
    ...(await overHttp(collector)),
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  }),
  'by https, with certificates of both sides': async (collector) => ({
    ...TLS,
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${await secureServer(collector)}`,
  }),
  'by https, whose certificate Node is told not to check': async (collector) => ({
    ...TLS,
    OTEL_EXPORTER_OTLP_CERTIFICATE: '',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_NO_WARNINGS: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${await secureServer(collector)}`,
  }),
  'by https through a proxy': async (collector) => ({
    ...TLS,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.test',
    HTTPS_PROXY: `http://127.0.0.1:${(await tunnelTo(await secureServer(collector))).port}`,
  }),
  'by http through a proxy': async (collector) => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.test:4318',
    http_proxy: `127.0.0.1:${await listening(createServer(collector.listener))}`,
  }),
  'by http through a proxy that speaks TLS': async (collector) => {
    const [cert, key] = [certificates.server, certificates.serverKey].map((path) => readFileSync(path))
    const port = await listening(createSecureServer({ cert, key }, collector.listener))
    return {
      NODE_EXTRA_CA_CERTS: certificates.ca,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.test:4318',
      http_proxy: `https://localhost:${port}`,
    }
  },
  'past a proxy': async (collector) => ({
    ...(await overHttp(collector)),
    http_proxy: 'http://127.0.0.1:1',
    no_proxy: '127.0.0.0/8',
  }),
  'through a Unix socket': async (collector) => {
    const path = join(mkdtempSync(join(tmpdir(), 'pretrace-')), 'collector.sock')
    await listening(createServer(collector.listener), path)
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `unix://${path}` }
  },
}

describe('spans arrive', () => {
  for (const [way, serve] of Object.entries(ways)) {
    it(`${way}, from a running process and from one that ends`, async () => {
      for (const isFlushed of [true, false]) {
        const collector = new Collector()
        const { stderr, code } = await run(isFlushed, await serve(collector))
        assert.deepEqual([stderr, code], ['', isFlushed ? 0 : 7])
        assert.equal(collector.spans.length, 600)
        assert.equal(new Set(collector.spans.map(({ spanId }) => spanId)).size, 600)
        const { attributes, traceId } = spanNamed(collector.spans, 'parent')
        assert.deepEqual(attributes, { 'http.request.method': 'GET', text: 'ünïcödé 漢字', big: 2 ** 40, no: false })
        assert.ok(collector.spans.every((span) => span.traceId === traceId))
        assert.deepEqual(
          new Set(collector.requests.map(({ path }) => path.replace(/^http:\/\/[^/]*/, ''))),
          new Set(['/v1/traces']),
        )
      }
    })
  }
})

describe('what cannot be used', () => {
  it('is said in a line each, and the spans go out all the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pretrace-'))
    const broken = join(folder, 'broken.pem')
    writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n')
    const collector = new Collector()
    const { stderr, code } = await run(true, {
      ...(await overHttp(collector)),
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'none.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: broken,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      HTTP_PROXY: 'socks5://me:hush@127.0.0.1:1',
    })
    const lines = stderr.trimEnd().split('\n')
    assert.equal(lines.length, 4, stderr)
    assert.match(lines[0] ?? '', /OTEL_EXPORTER_OTLP_PROTOCOL="grpc" is not supported.*; using http\/protobuf$/)
    assert.match(lines[1] ?? '', /OTEL_EXPORTER_OTLP_CERTIFICATE=".*none.pem" cannot be read \(ENOENT\); using none$/)
    assert.match(lines[2] ?? '', /HTTP_PROXY is not an http or https URL; using none$/)
    assert.match(lines[3] ?? '', /the client certificate cannot be used: .*; going on without$/)
    assert.deepEqual([code, collector.spans.length], [0, 600])
  })
})
