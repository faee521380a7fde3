/**
 * Calls of the clients: pg, redis, ioredis, fetch and undici.
 */
import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { libraries } from '../../support/run.js'
import { methods, recipes, url } from './http-calls.js'
import { shape, type Any, type Call } from './outcome.js'
import { anything, args, odd, options, text, type Recipe } from './values.js'

const load = createRequire(`${libraries('current')}/app.js`)
const pg: Any = load('pg')
const redis: Any = load('redis')
const Redis: Any = load('ioredis')
const undici: Any = load('undici')

// ---- clients of databases ----

let connected: Any
let pool: Any

/** Opens the connections that some of the calls use. */
export async function connect(): Promise<void> {
  connected = new pg.Client(process.env['DATABASE_URL'])
  connected.on('error', () => undefined)
  await connected.connect()
  pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
  pool.on('error', () => undefined)
}

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
export const queries = fc.oneof(
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
        ? connected
            .query(...made)
            .then((result: Any) => shape([result].flat().map(({ rows }: Any) => JSON.stringify(rows))))
        : 'left out'
    }),
  fc.array(fc.oneof(anything, sql), { maxLength: 3 }).map((given): Call => () => {
    const made = recipes(given)
    // A callback may never be called.
    if (made.some((value) => typeof value === 'function')) return 'left out'
    return typeof made[0] === 'string' ? pool.query(...made).then(({ rows }: Any) => JSON.stringify(rows)) : 'left out'
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
export const nodeRedis = methods('client', closedRedis, COMMANDS)
const offlineRedis = (): Any =>
  new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, retryStrategy: null }).on('error', () => undefined)
export const ioRedis = fc
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

export const fetched = fc
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
