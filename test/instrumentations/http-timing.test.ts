import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root, succeed } from '../support/run.js'

const fixtures = join(root, 'test', 'fixtures')
const env = { PRETRACE_HTTP_TIMINGS: 'true', NODE_NO_WARNINGS: '1' }

/** Three requests by a connection that is kept, one by TLS, one by fetch. */
async function requests(folder: string): Promise<void> {
  const http = require('node:http')
  const https = require('node:https')
  const { readFileSync } = require('node:fs')
  const { once } = require('node:events')
  const [key, cert] = ['key', 'cert'].map((name) => readFileSync(`${folder}/${name}.pem`))
  const answer = (_: unknown, res: any): void => res.end('answer')
  const plain = http.createServer(answer).listen(0)
  const secure = https.createServer({ key, cert }, answer).listen(0)
  await Promise.all([once(plain, 'listening'), once(secure, 'listening')])
  const get = (module: any, server: any, path: string, options: object): Promise<void> =>
    new Promise((resolve) => {
      const whole = { host: 'localhost', port: server.address().port, path, ...options }
      const req = module.get(whole, (res: any) => res.resume().on('close', () => setImmediate(resolve)))
      req.on('socket', (socket: any) =>
        console.log(path, socket.listenerCount('lookup'), socket.listenerCount('secureConnect')),
      )
    })
  const agent = new http.Agent({ keepAlive: true })
  await get(http, plain, '/first', { agent })
  await get(http, plain, '/second', { agent })
  await get(https, secure, '/secure', { agent: false, rejectUnauthorized: false })
  await fetch(`http://localhost:${plain.address().port}/fetched`).then((response) => response.text())
  agent.destroy()
  for (const server of [plain, secure]) {
    server.close()
    server.closeAllConnections()
  }
}

describe('PRETRACE_HTTP_TIMINGS', () => {
  it('has spans of requests tell what they waited for, in its order', async () => {
    const { spans, stdout } = await succeed(requests, { args: [fixtures], env })
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
      '/fetched': 'first_byte',
    })
    const bare = await succeed(requests, { args: [fixtures], env: { NODE_NO_WARNINGS: '1' } })
    assert.equal(stdout, bare.stdout)
    assert.deepEqual(
      bare.spans.flatMap(({ events }) => events),
      [],
    )
  })
})
