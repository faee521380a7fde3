import assert from 'node:assert/strict'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { foldersWith, libraries, root, succeed } from '../support/run.js'

const fixtures = join(root, 'test', 'fixtures')
const quiet = { NODE_NO_WARNINGS: '1', NODE_TLS_REJECT_UNAUTHORIZED: '0' }
const env = { ...quiet, PRETRACE_HTTP_TIMINGS: 'true' }

/** Requests by a connection that is kept, by TLS, to nowhere; the same by fetch. */
async function requests(folder: string, library: string | null): Promise<void> {
  const { fetch } = library === null ? globalThis : require(library)
  const http = require('node:http')
  const https = require('node:https')
  const { readFileSync } = require('node:fs')
  const { once } = require('node:events')
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(`${folder}/${name}.pem`))
  const answer = (_: unknown, res: any): void => res.end('answer')
  const plain = http.createServer(answer).listen(0)
  const secure = https.createServer({ key, cert }, answer).listen(0)
  await Promise.all([once(plain, 'listening'), once(secure, 'listening')])
  // A client does not keep a connection for longer than it knows the server to.
  for (const server of [plain, secure]) server.keepAliveTimeout = 600_000
  const get = (module: any, server: any, path: string, options: object): Promise<void> =>
    new Promise((resolve) => {
      const whole = { host: 'localhost', port: server.address().port, path, ...options }
      const req = module.get(whole, (res: any) => res.resume().on('close', () => setImmediate(resolve)))
      req.on('error', resolve)
      req.on('socket', (socket: any) =>
        console.log(path, socket.listenerCount('lookup'), socket.listenerCount('secureConnect')),
      )
    })
  const agent = new http.Agent({ keepAlive: true })
  await get(http, plain, '/first', { agent })
  await get(http, plain, '/second', { agent })
  await get(https, secure, '/secure', { agent: false, rejectUnauthorized: false })
  await get(http, plain, '/unknown', {
    lookup: (_: unknown, __: unknown, done: any) => done(new Error('no such name')),
  })
  const ask = async (server: any, path: string): Promise<void> => {
    const url = `http${server === secure ? 's' : ''}://localhost:${server.address().port}${path}`
    await (await fetch(url)).text()
    // undici takes a connection up again when the event loop has turned once.
    await new Promise(setImmediate)
  }
  await Promise.all([ask(plain, '/fetched'), ask(plain, '/fetched-too')])
  await ask(plain, '/fetched-then')
  await ask(secure, '/fetched-secure')
  agent.destroy()
  const { port } = plain.address()
  for (const server of [plain, secure]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  await get(http, { address: () => ({ port }) }, '/refused', { agent: false })
  await ask({ address: () => ({ port }) }, '/fetched-refused').catch((error: any) => console.log(error.name))
}

const copies = [
  { name: 'the global fetch', library: null, cwd: libraries('current') },
  ...foldersWith('undici', 'current', 'redis-4').map((cwd) => ({
    name: `undici in ${basename(cwd)}`,
    library: 'undici',
    cwd,
  })),
]

describe('PRETRACE_HTTP_TIMINGS', () => {
  for (const { name, library, cwd } of copies) {
    it(`has spans of requests by http and ${name} tell what they waited for, in its order`, async () => {
      const args = [fixtures, library]
      const { spans, stdout } = await succeed(requests, { args, env, cwd })
      const told = Object.fromEntries(
        spans
          .filter(({ kind }) => kind === 'client')
          .map(({ attributes, events }) => [
            new URL(String(attributes['url.full'])).pathname,
            events.map(({ name }) => name).join(),
          ]),
      )
      assert.deepEqual(told, {
        '/first': 'dns.resolved,connected,first_byte',
        '/second': 'connection.reused,first_byte',
        '/secure': 'dns.resolved,connected,tls.established,first_byte',
        '/unknown': 'exception',
        '/refused': 'dns.resolved,exception',
        '/fetched': 'dns.resolved,connected,first_byte',
        '/fetched-too': 'dns.resolved,connected,first_byte',
        '/fetched-then': 'connection.reused,first_byte',
        '/fetched-secure': 'dns.resolved,connected,tls.established,first_byte',
        '/fetched-refused': 'dns.resolved,exception',
      })
      const bare = await succeed(requests, { args, cwd, env: quiet })
      assert.equal(stdout, bare.stdout)
      assert.deepEqual(
        bare.spans.flatMap(({ events }) => events).filter(({ name }) => name !== 'exception'),
        [],
      )
    })
  }
})
