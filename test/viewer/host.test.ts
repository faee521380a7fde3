/**
 * `PRETRACE_VIEWER`: the first process hosts, the others follow, and none of them can tell.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import type { TraceAnswer, TraceList } from '../../viewer/model/api.js'
import { libraries, preload, runNode, sourceOf, trace, type Ran } from '../support/run.js'
import { until } from '../support/until.js'
import { askUrl } from '../support/viewer.js'

const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})

/** Nobody else is likely to get it meanwhile. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A service that asks itself something when it is told to on its standard input, and ends when that ends. */
function service(): void {
  const http = require('node:http')
  const server = http.createServer((_req: unknown, res: any) => res.end('ok'))
  server.listen(0, '127.0.0.1', () => {
    process.stdin.on('data', (text: Buffer) => {
      const end = String(text).includes('block') ? Date.now() + 200 : 0
      http.get({ port: server.address().port, agent: false }, (res: any) => res.resume())
      while (Date.now() < end) continue
    })
    process.stdin.on('end', () => server.close())
    console.log('ready')
  })
}

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  ask(how?: string): void
  /** Its exit code and what it said on stderr. */
  end(): Promise<readonly [number | null, string]>
}

async function start(port: number, name: string, more: Readonly<Record<string, string>> = {}): Promise<Running> {
  const env = { PATH: process.env['PATH'], PRETRACE_VIEWER: String(port), OTEL_SERVICE_NAME: name, ...more }
  const child = spawn(process.execPath, ['-r', preload, '-e', sourceOf(service)], { env, cwd: libraries('current') })
  children.push(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await once(child.stdout, 'data')
  return {
    child,
    said: () => stderr,
    ask: (how = 'ask') => void child.stdin.write(`${how}\n`),
    async end() {
      const closed = once(child, 'close')
      child.stdin.end()
      const [code] = (await closed) as [number | null]
      return [code, stderr]
    },
  }
}

/** What will never come is not waited for for ever. */
const PATIENCE = 20_000

/** How long nothing more must be said after that, ms. */
const SILENCE = 500

/** Runs an application that ends a while after something has been said. */
function runUntilSaid(nodeArgs: readonly string[], env: Record<string, string>, before = ''): Promise<Ran> {
  const app = (): void => {
    const alive = setInterval(() => undefined, 1000)
    process.once('SIGUSR2', () => {
      clearInterval(alive)
      console.log('ran')
    })
  }
  return runNode([...nodeArgs, '-e', `${before}${sourceOf(app)}`], {
    env,
    timeout: PATIENCE,
    onStart: (child) => child.stderr?.once('data', () => setTimeout(() => child.kill('SIGUSR2'), SILENCE)),
  })
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`

async function servicesAt(port: number): Promise<string[]> {
  const { body } = await askUrl(urlOf(port), '/api/traces')
  return [...new Set((JSON.parse(body) as TraceList).traces.map(({ service }) => service))].sort()
}

const isUp = (port: number): Promise<boolean> => askUrl(urlOf(port), '/api/status').then(({ status }) => status === 200)
const line = (port: number): string => `pretrace: viewer: ${urlOf(port)}\n`

describe('PRETRACE_VIEWER', { timeout: 120_000 }, () => {
  it('has the first process host the viewer, and the next report to it', async () => {
    const port = await freePort()
    const first = await start(port, 'first')
    await until(() => isUp(port))
    const second = await start(port, 'second')
    first.ask()
    second.ask()
    await until(async () => (await servicesAt(port)).join() === 'first,second')
    assert.deepEqual(await second.end(), [0, ''])
    assert.deepEqual(await first.end(), [0, line(port)])
    await assert.rejects(isUp(port), { code: 'ECONNREFUSED' })
  })

  it('has one of those left take over when the host ends, or is killed', async () => {
    const port = await freePort()
    const first = await start(port, 'first')
    await until(() => isUp(port))
    const others = [await start(port, 'second'), await start(port, 'third')]
    await first.end()
    await until(() => isUp(port))
    const hosts = await until(async () => {
      const hosts = others.filter(({ said }) => said() !== '')
      return hosts.length > 0 && hosts
    })
    assert.equal(hosts.length, 1)
    const [host] = hosts as [Running]
    host.child.kill('SIGKILL')
    const last = others.find((other) => other !== host) as Running
    await until(async () => last.said() !== '')
    last.ask()
    const names = { [String(others[0] === last)]: 'second' }['true'] ?? 'third'
    await until(async () => (await servicesAt(port)).join() === names)
    assert.deepEqual(await last.end(), [0, line(port)])
  })

  it('lets a process that takes over have what was kept in the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pretrace-host-'))
    const more = { PRETRACE_VIEWER_FILE: join(folder, 'traces.jsonl') }
    const port = await freePort()
    const first = await start(port, 'first', more)
    await until(() => isUp(port))
    const second = await start(port, 'second', more)
    first.ask()
    // It may be seen before it has been written.
    await until(async () => readFileSync(more.PRETRACE_VIEWER_FILE, 'utf8').endsWith('\n'))
    await first.end()
    await until(async () => (await servicesAt(port)).join() === 'first')
    await until(async () => second.said() !== '')
    assert.deepEqual(await second.end(), [0, line(port)])
    rmSync(folder, { recursive: true })
  })

  it('tells the viewer what held the event loop up', async () => {
    const port = await freePort()
    const one = await start(port, 'blocked')
    await until(() => isUp(port))
    // The watch begins with the first span.
    one.ask()
    await until(async () => (await servicesAt(port)).length === 1)
    one.ask('block')
    await until(async () => {
      const { body } = await askUrl(urlOf(port), '/api/traces')
      const { traces } = JSON.parse(body) as TraceList
      const answers = await Promise.all(traces.map(({ id }) => askUrl(urlOf(port), `/api/traces/${id}`)))
      const runtime = answers.flatMap(({ body }) => (JSON.parse(body) as TraceAnswer).runtime)
      return runtime.some(
        ({ service, delays }) => service === 'blocked' && delays.some(({ duration }) => duration > 150),
      )
    })
    await one.end()
  })

  it('is nothing to an application: it ends when it would, as it would', async () => {
    const port = String(await freePort())
    const app = (): void => {
      process.on('exit', (code) => console.log(`exit ${code}`))
      process.on('beforeExit', () => console.log('beforeExit'))
      require('node:http')
        .get('http://127.0.0.1:9')
        .on('error', () => setTimeout(() => (process.exitCode = 7), 300))
    }
    const env = { PRETRACE_VIEWER: port, PRETRACE_EXIT_TIMEOUT: '5000' }
    const ran = await runNode(['-r', preload, '-e', sourceOf(app)], { env })
    assert.deepEqual([ran.code, ran.stdout], [7, 'beforeExit\nexit 7\n'])
    const killed = await runNode(['-r', preload, '-e', 'setTimeout(() => process.kill(process.pid, "SIGTERM"), 300)'], {
      env,
    })
    assert.equal(killed.signal, 'SIGTERM')
    const thrown = await runNode(['-r', preload, '-e', 'setTimeout(() => { throw new Error("mine") }, 300)'], { env })
    assert.equal(thrown.code, 1)
    assert.match(thrown.stderr, /Error: mine/)
  })

  it('costs a process that ends at once nothing: no viewer, no word', async () => {
    const env = { PRETRACE_VIEWER: String(await freePort()) }
    const ran = await runNode(['-r', preload, '-p', '1 + 1'], { env })
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, '2\n', ''])
  })

  it('says so where the port belongs to somebody else, and lets the application run', async () => {
    const server = createServer((_req, res) => res.writeHead(404, { connection: 'close' }).end('what?'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ran = await runUntilSaid(['-r', preload], { PRETRACE_VIEWER: String(port) })
    server.close()
    assert.deepEqual([ran.code, ran.stdout], [0, 'ran\n'])
    assert.equal(ran.stderr, `pretrace: PRETRACE_VIEWER: there is no viewer: port ${port} belongs to somebody else\n`)
  })

  it('says so where threads are forbidden, and lets the application run', async () => {
    const [major = 0] = process.versions.node.split('.').map(Number)
    // The permission model is experimental in 20 and has another flag there.
    const flag = major >= 23 ? '--permission' : '--experimental-permission'
    if (major < 20) return
    const env = { PRETRACE_VIEWER: String(await freePort()), NODE_NO_WARNINGS: '1' }
    const ran = await runUntilSaid([flag, '--allow-fs-read=*', '-r', preload], env)
    assert.deepEqual([ran.code, ran.stdout], [0, 'ran\n'])
    assert.match(ran.stderr, /^pretrace: .*viewer: .*\n$/)
  })

  it('takes the place of the usual exporter, and stands beside one that is asked for', async () => {
    const app = (): void => {
      require('node:http')
        .get('http://127.0.0.1:9')
        .on('error', () => undefined)
    }
    const env = { PRETRACE_VIEWER: String(await freePort()), OTEL_LOG_LEVEL: 'none' }
    assert.equal((await trace(app, { env })).spans.length, 1)
    const { spans } = await trace(app, { env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: undefined } })
    assert.equal(spans.length, 0)
  })

  it('starts a viewer in no worker thread of the application', async () => {
    const port = await freePort()
    const before = 'new (require("node:worker_threads").Worker)("setInterval(() => 0, 1000)", { eval: true }).unref();'
    const ran = await runUntilSaid(['-r', preload], { PRETRACE_VIEWER: String(port) }, before)
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, 'ran\n', line(port)])
  })
})
