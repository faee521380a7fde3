/**
 * Calls of http, https, child_process and Express.
 */
import * as childProcess from 'node:child_process'
import * as http from 'node:http'
import * as https from 'node:https'
import { createRequire } from 'node:module'
import { Duplex } from 'node:stream'
import * as fc from 'fast-check'
import { libraries } from '../../support/run.js'
import { described, events, shape, type Any, type Call } from './outcome.js'
import { anything, args, odd, options, type Recipe } from './values.js'

const express: Any = createRequire(`${libraries('current')}/app.js`)('express')

// ---- calls ----

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

export const recipes = (all: readonly Recipe[]): unknown[] => all.map((recipe) => recipe())

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
export const url = fc.constantFrom<Recipe>(
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

export const client = fc
  .tuple(fc.constantFrom('http', 'https'), fc.constantFrom('request', 'get'), requestArgs)
  .map(([module, name, given]): Call => () => {
    const { [name]: call } = (module === 'http' ? http : https) as unknown as Record<
      string,
      (...all: unknown[]) => unknown
    >
    return requested(() => call?.(...recipes(given)))
  })

export const constructed = requestArgs.map(
  (given): Call =>
    () =>
      requested(() => new (http.ClientRequest as Any)(...recipes(given))),
)

/** Methods on things that live. */
export function methods(name: string, make: () => Any, names: readonly string[], given = args): fc.Arbitrary<Call> {
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

export const serverMethods = fc.oneof(
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
export const handled = fc
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
export const started = fc
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
