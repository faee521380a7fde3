/**
 * Errors of the application's making whose properties throw when read: they go their way, and the spans end.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import { libraries } from '../support/run.js'

describe('an error that throws when it is read', () => {
  it('reaches the application from every library, and every span ends', async () => {
    const app = async (): Promise<void> => {
      class Unreadable extends Error {
        constructor() {
          super()
          // Node makes it of the name and the message, when it is first asked for.
          void this.stack
          for (const key of ['name', 'message', 'cause']) {
            Object.defineProperty(this, key, {
              get() {
                throw new Error(`${key} was read`)
              },
            })
          }
        }
        override toString(): string {
          throw new Error('toString was called')
        }
      }
      const http = require('node:http')
      const undici = require('undici')
      const Redis = require('ioredis')
      const pg = require('pg')
      const express = require('express')
      const say = (what: string) => (error: unknown) => console.log(what, Object.getPrototypeOf(error).constructor.name)

      const app = express()
      app.get('/express', (_req: any, _res: any, next: any) => next(new Unreadable()))
      app.use((error: unknown, _req: any, res: any, _next: any) => (say('express')(error), res.end('ok')))
      app.get('/silent', () => undefined)
      const server = app.listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const origin = `http://127.0.0.1:${server.address().port}`

      await new Promise((resolve) => {
        const req = http.get(`${origin}/silent`, { agent: false })
        req.on('error', say('http')).on('close', resolve)
        // Node reads what is given to `destroy`.
        req.on('socket', () => (req.emit('error', new Unreadable()), req.destroy()))
      })
      await fetch(`${origin}/express`).then((response) => response.text())
      const controller = new AbortController()
      const asked = undici.request(`${origin}/silent`, { signal: controller.signal }).catch(say('undici'))
      setTimeout(() => controller.abort(new Unreadable()), 20)
      await asked

      Redis.Command.setReplyTransformer('echo', () => {
        throw new Unreadable()
      })
      const redis = new Redis(process.env['REDIS_URL'])
      await redis.echo('x').catch(say('ioredis'))
      redis.disconnect()

      const client = new pg.Client(process.env['DATABASE_URL'])
      await client.connect()
      const types = {
        getTypeParser: () => () => {
          throw new Unreadable()
        },
      }
      await client.query({ text: 'SELECT 1', types }).catch(say('pg'))
      await client.end()
      server.closeAllConnections()
      server.close()
    }
    // Its undici loads on every Node.
    const { spans } = await tracedAlike(app, { cwd: libraries('redis-4') })
    const ends = spans.map(({ component, kind, failed }) => `${component} ${kind}${failed ? ' failed' : ''}`).sort()
    assert.deepEqual(ends, [
      'express internal',
      'express internal failed',
      'fetch client',
      'fetch client failed',
      'http client failed',
      'http server',
      'http server failed',
      'ioredis client failed',
      'pg client failed',
    ])
  })
})
