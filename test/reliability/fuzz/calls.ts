/**
 * The program that calls what is patched, in ways that make sense and in ways that do not. It writes a line a call: what
 * came back, or was thrown, at once and later. Started with the preload and without it, with the same seed.
 *
 * node calls.js <seed> <number of calls>
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import * as childProcess from 'node:child_process'
import * as http from 'node:http'
import * as https from 'node:https'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import * as fc from 'fast-check'
import { libraries } from '../../support/run.js'
import { anything, args, odd, options, text, type Recipe } from './values.js'

/* eslint-disable typescript/no-explicit-any */
type Any = any

const load = createRequire(`${libraries('current')}/app.js`)
const express = load('express') as Any
const pg = load('pg') as Any
const redis = load('redis') as Any
const Redis = load('ioredis') as Any
const undici = load('undici') as Any

// ---- what a call came to ----

function shape(value: unknown): string {
  try {
    if (typeof value === 'function') return `function ${value.name} ${value.length}`
    if (typeof value !== 'object' || value === null) return String(value)
    if (value instanceof Error) return `error ${described(value)}`
    if (Array.isArray(value)) return `[${value.slice(0, 8).map(shape).join()}]`
    if (Buffer.isBuffer(value)) return value.toString('latin1')
    // Each AsyncLocalStorage that is in use hangs a symbol on every promise, up to Node 22.
    const names = (value instanceof Promise ? Object.keys(value) : Reflect.ownKeys(value).map(String)).join()
    return `${Object.prototype.toString.call(value)} ${value.constructor?.name} ${names}`
  } catch {
    return 'unreadable'
  }
}

function described(error: unknown): string {
  try {
    if (!(error instanceof Error)) return `thrown ${shape(error)}`
    const { name, message, code } = error as NodeJS.ErrnoException
    return `${name} ${String(code)} ${message} ${Object.keys(error).join()}`
  } catch {
    return 'unreadable'
  }
}

const LATE = 4000
/** Of what settles, whenever that may be. */
const CERTAIN = 20_000
const certain = new WeakSet<Promise<unknown>>()

function surely(promise: Promise<unknown>): Promise<unknown> {
  certain.add(promise)
  return promise
}

/** What becomes of a promise, if it is soon. */
async function later(value: unknown): Promise<string> {
  if (!(value instanceof Promise)) return ''
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(
    (resolve) => (timer = setTimeout(resolve, certain.has(value) ? CERTAIN : LATE, 'pending')),
  )
  const settled = value.then(shape, (error: unknown) => `rejected ${described(error)}`)
  try {
    return await Promise.race([settled, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The first of some events of an emitter, if it comes soon; then the emitter is done away with. */
function events(emitter: Any, names: readonly string[], away: (emitter: Any) => void): Promise<string> {
  return new Promise((resolve) => {
    const done = (what: string): void => {
      clearTimeout(timer)
      emitter.on('error', () => undefined)
      away(emitter)
      resolve(what)
    }
    const timer = setTimeout(done, LATE, 'nothing')
    for (const name of names) emitter.once(name, (...all: unknown[]) => done(`${name} ${all.map(shape).join()}`))
  })
}

// ---- calls ----

/** A call: made when its turn comes. What it returns is told; a promise is waited for. */
type Call = () => unknown

class Sink extends Duplex {
  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done()
  }
  override _read(): void {}

  override _final(done: () => void): void {
    this.push(null)
    done()
  }
}

const recipes = (all: readonly Recipe[]): unknown[] => all.map((recipe) => recipe())

const requestOptions = options({
  host: ['127.0.0.1', 'user:pw@127.0.0.1'],
  hostname: ['127.0.0.1'],
  port: [1, '1'],
  path: ['/', '/?token=1', '*', '/a b', 'http://a/'],
  method: ['GET', 'POST', 'get', 'A B', 'QUERY', 'CONNECT'],
  headers: [
    {},
    { a: 'b' },
    { a: ['b', 'c'] },
    ['a', 'b'],
    [['a', 'b']],
    { b3: '1', traceparent: 'x' },
    { expect: '100-continue' },
  ],
  auth: ['user:pw'],
  agent: [false, undefined, http.globalAgent],
  timeout: [1],
  protocol: ['http:', 'https:'],
  setHost: [false],
  signal: [AbortSignal.abort()],
  joinDuplicateHeaders: [true],
  maxHeaderSize: [1],
  insecureHTTPParser: [true],
  createConnection: [() => new Sink(), () => null, () => undefined],
})
const url = fc.constantFrom<Recipe>(
  () => 'http://127.0.0.1:1/',
  () => new URL('http://user:pw@127.0.0.1:1/?a=1'),
  () => 'https://127.0.0.1:1/',
  () => 'nonsense',
)
const requestArgs = fc.oneof(
  args,
  fc.tuple(requestOptions),
  fc.tuple(url, requestOptions),
  fc.tuple(url, requestOptions, anything),
)

/** A request that is made, if it can be, and what it comes to. */
function requested(make: () => Any): unknown {
  const req = make()
  if (typeof req?.once !== 'function') return req
  req.once('error', () => undefined)
  return events(req, ['error', 'close', 'response', 'connect', 'upgrade'], (one) => one.destroy?.())
}

const client = fc
  .tuple(fc.constantFrom('http', 'https'), fc.constantFrom('request', 'get'), requestArgs)
  .map(([module, name, given]): Call => () => {
    const { [name]: call } = (module === 'http' ? http : https) as unknown as Record<
      string,
      (...all: unknown[]) => unknown
    >
    return requested(() => call?.(...recipes(given)))
  })

const constructed = requestArgs.map(
  (given): Call =>
    () =>
      requested(() => new (http.ClientRequest as Any)(...recipes(given))),
)

/** Methods on things that live. */
function methods(name: string, make: () => Any, names: readonly string[], given = args): fc.Arbitrary<Call> {
  return fc.tuple(fc.constantFrom(...names), given).map(([method, given]) => () => {
    const target = make()
    const result = target[method](...recipes(given))
    return result === target ? `the ${name} itself` : result
  })
}

const server = (): http.Server => {
  const made = http.createServer()
  made.on('error', () => undefined)
  return made
}
const response = (): http.ServerResponse => {
  const made = new http.ServerResponse(new http.IncomingMessage(new Sink() as never))
  made.on('error', () => undefined)
  return made
}
const message = (): http.IncomingMessage => new http.IncomingMessage(new Sink() as never).on('error', () => undefined)

const eventName = fc.constantFrom<Recipe>(
  ...[
    'request',
    'checkContinue',
    'checkExpectation',
    'upgrade',
    'connect',
    'close',
    'finish',
    'end',
    'data',
    'error',
  ].map(
    (name): Recipe =>
      () =>
        name,
  ),
)
const emission = fc
  .tuple(
    fc.oneof(eventName, anything),
    fc.array(fc.oneof(anything, fc.constant<Recipe>(message), fc.constant<Recipe>(response)), { maxLength: 3 }),
  )
  .map(([name, given]) => [name, ...given])

const serverMethods = fc.oneof(
  methods('server', server, ['emit'], emission),
  methods('response', response, ['emit'], emission),
  methods('message', message, ['emit'], emission),
  methods('response', response, [
    'writeHead',
    'setHeader',
    'write',
    'end',
    'addTrailers',
    'writeEarlyHints',
    'flushHeaders',
    '_storeHeader',
  ]),
)

/** Express, asked by objects that the application has made itself. */
const handled = fc
  .tuple(fc.constantFrom('use', 'get', 'all', 'param', 'route', 'handle'), args, args, fc.boolean())
  .map(([method, first, second, isReal]): Call => () => {
    const app = express.Router()
    const result = app[method](...recipes(first))
    const [req, res, done] = isReal
      ? [Object.assign(message(), { url: '/', method: 'GET' }), response()]
      : recipes(second)
    app.use((_req: unknown, _res: unknown, next: () => void) => next())
    let told = ''
    app.handle(req, res, done ?? ((error: unknown) => (told = described(error))))
    return `${shape(result)} ${told}`
  })

// A program for certain, or none for certain: anything else might do something.
const program = fc.oneof(
  fc.constantFrom<Recipe>(
    () => 'true',
    () => 'false',
    () => '/nowhere/at/all',
    () => 'exit 3',
  ),
  odd.filter((recipe) => !/^text|^__/.test(String(safe(recipe)))),
)
function safe(recipe: Recipe): unknown {
  const value = recipe()
  return typeof value === 'string' ? value : ''
}
const processOptions = options({
  shell: [true, false, '/bin/sh', '/nowhere/sh'],
  env: [{ A: '1' }, {}, null],
  cwd: ['/', '/nowhere'],
  stdio: ['ignore', 'pipe', ['ignore', 'ignore', 'ignore']],
  detached: [false],
  timeout: [1000],
  uid: ['x'],
  argv0: ['zero'],
  encoding: ['utf8', 'buffer'],
  input: ['text'],
})
const processArgs = fc.oneof(
  fc.tuple(program, processOptions),
  fc.tuple(
    program,
    fc.constantFrom<Recipe>(
      () => [],
      () => ['a'],
    ),
    processOptions,
  ),
  fc.tuple(program, odd, odd),
)
const started = fc
  .tuple(fc.constantFrom('spawn', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync'), processArgs)
  .map(([name, given]): Call => () => {
    const result = (childProcess as Any)[name](...recipes(given))
    if (typeof result?.once === 'function')
      return new Promise((resolve) => {
        result.once('error', (error: unknown) => resolve(described(error)))
        result.once('close', (...all: unknown[]) => resolve(`close ${all.map(shape).join()}`))
      })
    if (result?.pid !== undefined) result.pid = 0
    return typeof result === 'object' && result !== null && !Buffer.isBuffer(result)
      ? `${result.status} ${result.signal} ${described(result.error)} ${shape(result.output)}`
      : result
  })

// ---- clients of databases ----

let connected: Any
let pool: Any
const sql = fc.oneof(
  fc.constantFrom<Recipe>(
    ...[
      'SELECT 1',
      "SELECT 'a'::int",
      'SELECT $1::text',
      'SELECT $1::int',
      'nonsense',
      '',
      ';',
      '/*',
      'SELECT 1; SELECT 2',
    ].map(
      (text): Recipe =>
        () =>
          text,
    ),
  ),
  text,
)
const values = fc.oneof(
  fc.array(anything, { maxLength: 2 }).map(
    (all): Recipe =>
      () =>
        recipes(all),
  ),
  odd,
)
const query = options({
  text: ['SELECT 1', 'SELECT $1::text'],
  values: [['a'], [1], []],
  name: ['n', ''],
  rowMode: ['array'],
  types: [null],
  queryMode: ['extended'],
})
/** pg sends what it is given, and some of that ends the connection: each call has one that is not connected. */
const unconnected = (): Any => {
  const made = new pg.Client({ connectionString: 'postgres://127.0.0.1:1/a' })
  made.on('error', () => undefined)
  return made
}
const queries = fc.oneof(
  fc.oneof(args, fc.tuple(sql, values), fc.tuple(query), fc.tuple(query, values, anything)).map((given): Call => () => {
    const result = unconnected().query(...recipes(given))
    return typeof result?.then === 'function' ? 'a promise' : result
  }),
  methods('client', unconnected, ['cancel', 'connect', 'escapeLiteral'], fc.array(anything, { maxLength: 3 })),
  fc
    .tuple(fc.oneof(sql, query), fc.array(fc.oneof(values, text), { maxLength: 1 }))
    .map(([text, given]): Call => () => {
      const made = recipes([text, ...given])
      const isSafe = given.length === 0 || Array.isArray(made[1])
      return isSafe && (typeof made[0] === 'string' || typeof (made[0] as Any)?.text === 'string')
        ? surely(
            connected
              .query(...made)
              .then((result: Any) => shape([result].flat().map(({ rows }: Any) => JSON.stringify(rows)))),
          )
        : 'left out'
    }),
  fc.array(fc.oneof(anything, sql), { maxLength: 3 }).map((given): Call => () => {
    const made = recipes(given)
    // A callback may never be called.
    if (made.some((value) => typeof value === 'function')) return 'left out'
    return typeof made[0] === 'string'
      ? surely(pool.query(...made).then(({ rows }: Any) => JSON.stringify(rows)))
      : 'left out'
  }),
)

const COMMANDS = [
  'get',
  'set',
  'mGet',
  'hSet',
  'del',
  'eval',
  'sendCommand',
  'multi',
  'subscribe',
  'select',
  'quit',
  'ping',
]
const closedRedis = (): Any => redis.createClient({ url: 'redis://127.0.0.1:1' }).on('error', () => undefined)
const nodeRedis = methods('client', closedRedis, COMMANDS)
const offlineRedis = (): Any =>
  new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, retryStrategy: null }).on('error', () => undefined)
const ioRedis = fc
  .tuple(
    fc.constantFrom(
      'get',
      'set',
      'mget',
      'hset',
      'del',
      'eval',
      'call',
      'subscribe',
      'select',
      'ping',
      'sendCommand',
      'pipeline',
      'multi',
    ),
    args,
  )
  .map(([method, given]): Call => () => {
    const client = offlineRedis()
    client.status = 'end'
    return client[method](...recipes(given))
  })

const fetched = fc
  .tuple(
    fc.constantFrom('fetch', 'request', 'stream', 'dispatch'),
    fc.oneof(url, anything),
    fc.oneof(
      anything,
      options({
        method: ['GET', 'POST', 'A B'],
        headers: [{ a: 'b' }, ['a', 'b'], [['a', 'b']]],
        body: ['text'],
        signal: [AbortSignal.abort()],
        path: ['/'],
        origin: ['http://127.0.0.1:1'],
      }),
    ),
    odd,
  )
  .map(([name, target, init, last]): Call => () => {
    if (name === 'fetch') return fetch(target() as never, init() as never)
    if (name === 'dispatch') return new undici.Client('http://127.0.0.1:1').dispatch(init(), last())
    return undici[name](target(), init(), ...(name === 'stream' ? [last()] : []))
  })

const KINDS: Readonly<Record<string, { arbitrary: fc.Arbitrary<Call>; weight: number }>> = {
  client: { arbitrary: client, weight: 20 },
  constructed: { arbitrary: constructed, weight: 10 },
  server: { arbitrary: serverMethods, weight: 40 },
  express: { arbitrary: handled, weight: 20 },
  pg: { arbitrary: queries, weight: 20 },
  redis: { arbitrary: nodeRedis, weight: 15 },
  ioredis: { arbitrary: ioRedis, weight: 15 },
  fetch: { arbitrary: fetched, weight: 8 },
  process: { arbitrary: started, weight: 1 },
}
const anyCall = fc.oneof(
  ...Object.entries(KINDS).map(([kind, { arbitrary, weight }]) => ({
    arbitrary: arbitrary.map((call) => ({ kind, call })),
    weight,
  })),
)

// ---- the run ----

const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(`uncaught ${described(error)}`))
process.on('unhandledRejection', (error) => uncaught.push(`unhandled ${described(error)}`))

async function outcome(call: Call): Promise<string> {
  try {
    const result = call()
    return `${shape(result)} ${await later(result)}`
  } catch (error) {
    return `threw ${described(error)}`
  }
}

/** Stable from run to run: no addresses, ids and times. */
const stable = (line: string): string =>
  line
    .replace(/Promise \{[^}]*\}/g, 'Promise')
    .replaceAll('\n', ' ')
    .replace(/\d{4,}/g, 'N')
    .slice(0, 600)
/** Calls that wait for what comes of them. */
const AT_ONCE = 1000

async function run(seed: number, count: number): Promise<void> {
  const cases = fc.sample(anyCall, { seed, numRuns: count })
  let lines = ''
  for (let done = 0; done < cases.length; done += AT_ONCE) {
    const some = cases.slice(done, done + AT_ONCE)
    const told = await Promise.all(some.map(async ({ kind, call }) => stable(`${kind} ${await outcome(call)}`)))
    await new Promise((resolve) => setImmediate(resolve))
    lines += `${told.join('\n')}\n`
  }
  await new Promise<void>((resolve) => process.stdout.write(lines, () => resolve()))
}

const [seed, count] = process.argv.slice(2).map(Number) as [number, number]
const BATCH = 2000
// In the course of a request, or there would be no trace to join.
const own = new AsyncLocalStorage()
const outer = http.createServer((_req, res) => {
  void own.run('own', async () => {
    connected = new pg.Client(process.env['DATABASE_URL'])
    connected.on('error', () => undefined)
    await connected.connect()
    pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
    pool.on('error', () => undefined)
    for (let done = 0; done < count; done += BATCH) await run(seed + done, Math.min(BATCH, count - done))
    await new Promise((resolve) => setTimeout(resolve, LATE))
    process.stdout.write(`${[...new Set(uncaught.map(stable))].sort().join('\n')}\n`, () => process.exit())
    res.end()
  })
})
outer.listen(0, '127.0.0.1', () => http.get({ port: (outer.address() as AddressInfo).port, agent: false }))
