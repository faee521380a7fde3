/**
 * Libraries over Redis: what they do shows as commands, each once, in the trace of whoever asked for it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { childrenPath } from '../support/children.js'
import { libraries, succeed } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const cwd = libraries('seams')
const args = [childrenPath]

describe('a library over Redis', () => {
  for (const library of ['bull', 'bullmq'] as const) {
    it(`${library}: adds a job in the caller's trace, and works on it in one of its own`, async () => {
      const { spans, stdout } = await succeed(
        (children: string, library: string) => {
          const name = `queue-${process.pid}`
          const { hostname: host, port } = new URL(process.env['REDIS_URL'] as string)
          const connection = { host, port: Number(port), maxRetriesPerRequest: null }
          const { createServer, get } = require('node:http')
          const leaf = createServer((_: any, res: any) => res.end()).listen(0)
          const work = (): Promise<void> =>
            new Promise((resolve) =>
              get({ port: leaf.address().port, path: '/leaf', agent: false }, (res: any) =>
                res.resume().on('close', resolve),
              ),
            )
          let queue: any
          let done: Promise<unknown>
          let stop: () => Promise<unknown>
          if (library === 'bull') {
            const Bull = require('bull')
            queue = new Bull(name, { redis: connection })
            queue.process('job', work)
            done = new Promise((resolve) => queue.on('completed', resolve))
            stop = () => queue.close()
          } else {
            const { Queue, Worker } = require('bullmq')
            queue = new Queue(name, { connection })
            const worker = new Worker(name, work, { connection })
            done = new Promise((resolve) => worker.on('completed', resolve))
            stop = () => worker.close().then(() => queue.close())
          }
          void done.then(async () => {
            await stop()
            leaf.close()
            console.log('done')
          })
          require(children).inTrace(() => queue.add('job', { secret: 's3cret' }))
        },
        { cwd, args: [...args, library] },
      )
      assert.equal(stdout, 'done\n')
      const lines = treeOf(spans).split('\n')
      assert.deepEqual(
        lines.filter((line) => line.startsWith('    ')),
        ['    EVALSHA'],
      )
      // The request, and what the job does: that is in no trace of the one who added it, who may be long gone.
      const requests = lines.filter((line) => line.endsWith('GET'))
      assert.deepEqual(requests, ['GET', '  GET', 'GET', '  GET'])
      assert.ok(!JSON.stringify(spans).includes('s3cret'))
    })
  }

  it('connect-redis: a session is read and written in the trace of its request', async () => {
    const { spans, stdout } = await succeed(
      async () => {
        const express = require('express')
        const session = require('express-session')
        const { RedisStore } = require('connect-redis')
        const { createClient } = require('redis')
        const client = await createClient({ url: process.env['REDIS_URL'] }).connect()
        const app = express()
        app.use(
          session({ store: new RedisStore({ client }), secret: 's3cret', resave: false, saveUninitialized: false }),
        )
        app.get('/count', (req: any, res: any) => {
          req.session.count = (req.session.count ?? 0) + 1
          res.json(req.session.count)
        })
        const server = app.listen(0, '127.0.0.1', async () => {
          const url = `http://127.0.0.1:${server.address().port}/count`
          const first = await fetch(url)
          console.log(await first.text())
          const second = await fetch(url, {
            headers: { cookie: String(first.headers.get('set-cookie')).split(';')[0] as string },
          })
          console.log(await second.text())
          server.close()
          await client.close()
        })
      },
      { cwd },
    )
    assert.equal(stdout, '1\n2\n')
    assert.deepEqual(treeOf(spans).split('\n'), [
      'GET',
      '  GET /count',
      '    handler /count',
      '      SET',
      'GET',
      '  GET /count',
      '    GET',
      '    handler /count',
      '      SET',
    ])
    assert.ok(!JSON.stringify(spans).includes('s3cret'))
  })
})
