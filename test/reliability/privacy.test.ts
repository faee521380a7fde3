/**
 * Secrets of all kinds are planted in an application, and looked for in the bytes that every exporter lets out.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { HttpBackend, UdpBackend } from '../support/backend.js'
import { libraries, preload, runNode, sourceOf } from '../support/run.js'
import { byKind, careless } from './careless.js'
import { leave } from './figures.js'
import { plant, plantAll, type Planted } from './planted.js'

const planted = plantAll()
/** Of the process itself and of its exporters. */
const ARGUMENT = plant('processes', '--password=§')
const VARIABLE = plant('processes', '§')
const URLS = [
  plant('urls', 'redis://user:§@127.0.0.1:1'),
  plant('urls', 'http://user:§@127.0.0.1:PORT/'),
  plant('urls', 'http://§@127.0.0.1:PORT/?a@b'),
  plant('urls', 'http://user:§@127.0.0.1:1/refused'),
  plant('urls', 'http://user:p%40§@127.0.0.1:PORT/?token=§'),
]
const all: readonly Planted[] = [...planted, ...URLS, ARGUMENT, VARIABLE]

interface Run {
  /** What each exporter let out, by its name. */
  readonly bytes: Readonly<Record<string, string>>
}

const folder = mkdtempSync(join(tmpdir(), 'pretrace-privacy-'))
after(() => rmSync(folder, { recursive: true }))

async function run(name: string, env: Readonly<Record<string, string>>): Promise<Run> {
  const [otlp, zipkin, jaeger, agent] = await Promise.all([
    HttpBackend.start(200),
    HttpBackend.start(),
    HttpBackend.start(),
    UdpBackend.start(),
  ])
  const files = { otlp_file: join(folder, `${name}.jsonl`), chrome: join(folder, `${name}.json`) }
  const isUdp = env['OTEL_EXPORTER_JAEGER_PROTOCOL']?.startsWith('udp') === true
  const source = sourceOf(careless, [byKind(all)])
  const { stdout, stderr, code } = await runNode(['-r', preload, '-e', source, '--', ARGUMENT.text], {
    cwd: libraries('current'),
    env: {
      NODE_NO_WARNINGS: '1',
      OTEL_TRACES_EXPORTER: 'otlp,zipkin,jaeger,otlp_file,chrome,console',
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${VARIABLE.secret}`,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${zipkin.url}/api/v2/spans`,
      ...(isUdp
        ? { OTEL_EXPORTER_JAEGER_AGENT_HOST: '127.0.0.1', OTEL_EXPORTER_JAEGER_AGENT_PORT: String(agent.port) }
        : { OTEL_EXPORTER_JAEGER_ENDPOINT: jaeger.url }),
      PRETRACE_FILE: files.otlp_file,
      PRETRACE_CHROME_FILE: files.chrome,
      PRETRACE_EXIT_TIMEOUT: '20000',
      OTEL_BSP_MAX_QUEUE_SIZE: '100000',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      PRETRACE_EXPRESS_MIDDLEWARE: 'true',
      MY_SECRET: VARIABLE.secret,
      ...env,
    },
  })
  await Promise.all([otlp.stop(), zipkin.stop(), jaeger.stop(), agent.stop()])
  assert.equal(code, 0, stderr)
  return {
    bytes: {
      otlp: bodies(otlp),
      zipkin: bodies(zipkin),
      ...(isUdp ? { jaegerAgent: agent.received.map(text).join('\n') } : { jaeger: bodies(jaeger) }),
      otlp_file: readFileSync(files.otlp_file, 'latin1'),
      chrome: readFileSync(files.chrome, 'latin1'),
      console: stdout,
      stderr,
    },
  }
}

function bodies({ received }: HttpBackend): string {
  return received
    .map(({ body, headers }) => text(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body))
    .join('\n')
}

function text(bytes: Buffer): string {
  return bytes.toString('latin1')
}

/** What of a secret was found: as it is, in any case, or in an encoding that hides nothing. */
function found(bytes: string, { secret }: Planted): boolean {
  const base64 = Buffer.from(secret).toString('base64').slice(0, 12)
  const hex = Buffer.from(secret).toString('hex')
  return bytes.includes(secret.toLowerCase()) || bytes.includes(base64.toLowerCase()) || bytes.includes(hex)
}

describe('secrets of an application', () => {
  const runs: { readonly title: string; readonly env: Readonly<Record<string, string>>; run?: Run }[] = [
    { title: 'protobuf, Thrift over HTTP', env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } },
    {
      title: 'JSON, compact Thrift over UDP',
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_JAEGER_PROTOCOL: 'udp/thrift.compact' },
    },
    { title: 'binary Thrift over UDP', env: { OTEL_EXPORTER_JAEGER_PROTOCOL: 'udp/thrift.binary' } },
  ]
  const exposed: { run?: Run } = {}
  before(async () => {
    for (const [i, one] of runs.entries()) one.run = await run(`run-${i}`, one.env)
    exposed.run = await run('exposed', {
      PRETRACE_DB_STATEMENT: 'expose_literals',
      PRETRACE_EXPOSE_REDIS_ARGUMENTS: 'true',
      OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: 'x-anything,authorization,cookie',
    })
  })

  it('are planted in at least 200 places', () => {
    assert.ok(all.length >= 200, `${all.length}`)
    assert.equal(new Set(all.map(({ secret }) => secret)).size, all.length)
  })

  const rows: [string, string, number, number][] = []
  after(() => {
    leave({
      suite: 'privacy',
      title: 'Privacy',
      says: `${all.length} secrets, each another one, are planted where applications leave them: in URLs and their queries, headers, cookies, bodies, baggage, SQL in every lexical form, parameters, Redis commands, error messages, arguments and environments of processes. Then the bytes of every exporter, decompressed, are searched for them, as they are and in base64 and hex, in any case of letters.`,
      totals: { cases: all.length, secrets: rows.reduce((sum, [, , , found]) => sum + found, 0) },
      columns: ['Exporter', 'Form', 'Bytes searched', 'Secrets found'],
      rows,
    })
  })

  for (const { title, run } of runs.map((one) => ({ title: one.title, run: () => one.run as Run }))) {
    it(`are in nobody's bytes: ${title}`, () => {
      const leaks = Object.entries(run().bytes).flatMap(([exporter, sent]) => {
        const folded = sent.toLowerCase()
        if (exporter !== 'stderr') assert.ok(sent.length > 100_000, `${exporter} has sent ${sent.length} bytes`)
        const leaked = all.filter((one) => found(folded, one))
        rows.push([exporter, title, sent.length, leaked.length])
        return leaked.map(({ kind, text }) => `${exporter}: ${kind}: ${text}`)
      })
      assert.deepEqual(leaks, [])
    })
  }

  it('are let out by switches that say so, those alone excepted that are secret by their kind', () => {
    const { bytes } = exposed.run as Run
    const told = bytes['otlp']?.toLowerCase() ?? ''
    const kinds = (kind: string): readonly Planted[] => all.filter((one) => one.kind === kind)
    const seen = (kind: string): number => kinds(kind).filter((one) => found(told, one)).length
    assert.equal(seen('sql'), kinds('sql').length)
    for (const kind of ['redis', 'ioredis']) assert.ok(seen(kind) >= 35, `${kind}: ${seen(kind)}`)
    const passwords = [...kinds('redis'), ...kinds('ioredis')].filter(({ text }) =>
      /^(AUTH|HELLO|ACL SETUSER)/.test(text),
    )
    assert.deepEqual(
      passwords.filter((one) => found(told, one)),
      [],
    )
    assert.deepEqual(
      kinds('headers')
        .filter((one) => found(told, one))
        .map(({ text }) => text.split(':')[0]),
      ['X-Anything'],
    )
  })
})
