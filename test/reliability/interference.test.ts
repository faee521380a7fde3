/**
 * What else a process may have going on: flags that forbid, hooks that watch, classes that are derived from. Each small
 * program runs with the preload and without it, and prints the same.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { libraries, preload, runNode, sourceOf, type App } from '../support/run.js'
import { leave } from './figures.js'

const rows: [string, string][] = []

async function alike(what: string, app: App, flags: readonly string[] = []): Promise<void> {
  const env = { OTEL_TRACES_EXPORTER: 'none', NODE_NO_WARNINGS: '1' }
  const run = (nodeArgs: readonly string[]): ReturnType<typeof runNode> =>
    runNode([...flags, ...nodeArgs, '-e', sourceOf(app)], { cwd: libraries('current'), env })
  const [bare, traced] = await Promise.all([run([]), run(['-r', preload])])
  rows.push([what, traced.stdout === bare.stdout && traced.code === bare.code ? 'as without' : 'differs'])
  assert.notEqual(bare.stdout, '')
  assert.deepEqual(traced, bare)
}

/** A server, a request of each kind, an Express route, and what a domain or a hook has seen of it. */
const busy = async (): Promise<void> => {
  const http = require('node:http')
  const { once } = require('node:events')
  const express = require('express')
  const app = express()
  app.get('/a/:b', (req: any, res: any) => res.send(req.params.b))
  app.get('/throw', () => {
    throw new Error('mine')
  })
  app.use((error: any, _req: any, res: any, _next: any) => res.status(500).send(error.message))
  const server = http.createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${server.address().port}`
  console.log(await fetch(`${base}/a/1`).then((res) => res.text()))
  console.log(await fetch(`${base}/throw`).then((res) => res.text()))
  const [res] = await once(http.get(`${base}/a/2`, { agent: false }), 'response')
  for await (const chunk of res) console.log(String(chunk))
  server.close()
  server.closeAllConnections()
}

/** Express does not load with frozen intrinsics. */
const plain = async (): Promise<void> => {
  const http = require('node:http')
  const server = http.createServer((req: any, res: any) => res.end(req.url)).listen(0, '127.0.0.1')
  await require('node:events').once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  await new Promise<void>((resolve) => {
    http.get(`${url}/a`, { agent: false }, (res: any) =>
      res.setEncoding('utf8').on('data', console.log).on('end', resolve),
    )
  })
  server.close()
}

describe('the preload gets along', () => {
  after(() => {
    leave({
      suite: 'interference',
      title: 'Interference',
      says: 'What is unusual about a process, and whether the preload changes what it prints and how it ends. Beside these, every script in test/transparency/scripts runs both ways, with output and exit code equal byte for byte.',
      totals: { cases: rows.length, differences: rows.filter(([, how]) => how === 'differs').length },
      columns: ['With', 'The application'],
      rows,
    })
  })

  for (const flags of [
    ['--frozen-intrinsics'],
    ['--disallow-code-generation-from-strings'],
    ['--frozen-intrinsics', '--disallow-code-generation-from-strings'],
    ['--disable-proto=delete'],
    ['--disable-proto=throw'],
    ['--no-deprecation'],
    ['--unhandled-rejections=strict'],
    ['--throw-deprecation'],
    ['--enable-source-maps'],
    ['--stack-trace-limit=0'],
  ]) {
    const app = flags.includes('--frozen-intrinsics') ? plain : busy
    it(`with ${flags.join(' ')}`, () => alike(flags.join(' '), app, flags))
  }

  const [major] = process.versions.node.split('.').map(Number) as [number]
  const permission = major >= 23 ? '--permission' : '--experimental-permission'

  it('with the permission to read files', async () => {
    // Before Node 20 there is no such model: the flag would end the process.
    if (major < 20) return
    await alike(permission, plain, [permission, '--allow-fs-read=*', ...(major >= 25 ? ['--allow-net'] : [])])
  })

  it('with too few permissions, of which it says what it lacks', async () => {
    if (major < 20) return
    const { stdout, stderr, code } = await runNode(
      [permission, `--allow-fs-read=${preload}`, '-r', preload, '-e', 'console.log(1)'],
      {
        env: { NODE_NO_WARNINGS: '1' },
      },
    )
    assert.deepEqual([stdout, code], ['1\n', 0], stderr)
    assert.match(stderr, /^pretrace: not tracing: .*\n$/)
  })

  it('with async_hooks, domains and other storages', () =>
    alike('async_hooks, domain, AsyncLocalStorage', async () => {
      const { AsyncLocalStorage, AsyncResource, createHook } = require('node:async_hooks')
      const domain = require('node:domain')
      const http = require('node:http')
      const { once } = require('node:events')
      const hook = createHook({ init() {}, before() {}, after() {}, destroy() {}, promiseResolve() {} }).enable()
      const storages = [new AsyncLocalStorage(), new AsyncLocalStorage()]
      const own = domain.create().on('error', (error: Error) => console.log('domain', error.message))
      const server = http
        .createServer((req: any, res: any) => {
          storages[0].run(req.url, () =>
            storages[1].run('inner', () =>
              AsyncResource.bind(() => {
                console.log(storages.map((storage) => storage.getStore()))
                setImmediate(() => res.end(String(storages[0].getStore())))
              })(),
            ),
          )
        })
        .listen(0)
      await once(server, 'listening')
      await new Promise<void>((resolve) => {
        own.run(() => {
          http.get({ port: server.address().port, path: '/x', agent: false }, (res: any) => {
            console.log((process as any).domain === own, storages[0].getStore())
            res.resume().on('end', () => {
              resolve()
              throw new Error('after the end')
            })
          })
        })
      })
      server.close()
      hook.disable()
    }))

  it('with classes derived from what is patched, and their Symbol.species', () =>
    alike('subclasses, Symbol.species', async () => {
      const http = require('node:http')
      const pg = require('pg')
      class Query extends Promise<unknown> {
        static override get [Symbol.species](): PromiseConstructor {
          return Promise
        }
      }
      const client = new pg.Client({ host: '127.0.0.1', port: 1, Promise: Query })
      const promise = client.query('SELECT 1')
      console.log(promise instanceof Query, promise.constructor === Query, promise.then(() => 1) instanceof Query)
      class Server extends http.Server {
        static get [Symbol.species](): unknown {
          return Array
        }
        on(...args: unknown[]): unknown {
          console.log('on', args[0])
          return super.on(...args)
        }
      }
      const server = new (Server as any)(() => undefined)
      console.log(server instanceof http.Server, (Server as any)[Symbol.species] === Array, server.emit('nothing'))
    }))

  it('with getters, methods and symbols of patched functions', () =>
    alike('names, lengths, own keys of patched functions', async () => {
      const http = require('node:http')
      const childProcess = require('node:child_process')
      const pg = require('pg')
      const functions: Record<string, any> = {
        request: http.request,
        get: http.get,
        emit: http.Server.prototype.emit,
        storeHeader: http.ServerResponse.prototype._storeHeader,
        spawn: childProcess.ChildProcess.prototype.spawn,
        execSync: childProcess.execSync,
        query: pg.Client.prototype.query,
        connect: pg.Pool.prototype.connect,
      }
      // Methods of classes have no prototype, but the functions around them do, whom nobody calls with `new`.
      const ownKeys = (fn: object): string =>
        Reflect.ownKeys(fn)
          .map(String)
          .filter((key) => key !== 'prototype')
          .sort()
          .join()
      for (const [name, fn] of Object.entries(functions)) {
        console.log(name, fn.name, fn.length, ownKeys(fn))
        console.log(Object.prototype.toString.call(fn), Object.isExtensible(fn), fn.hasOwnProperty('caller'))
      }
      console.log(Object.keys(http.Server.prototype).join(), Object.keys(pg.Client.prototype).join())
      console.log(Object.keys(http).length, Object.getOwnPropertySymbols(http).length)
    }))
})
