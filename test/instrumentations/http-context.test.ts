import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trace } from '../support/run.js'

describe('handlers of http servers', () => {
  it('cost one scope a request: what only Node listens to gets none', async () => {
    const { stdout } = await trace(() => {
      const { AsyncLocalStorage } = require('node:async_hooks')
      const { run } = AsyncLocalStorage.prototype
      let runs = 0
      AsyncLocalStorage.prototype.run = function (...args: unknown[]) {
        runs++
        return run.apply(this, args)
      }
      const counts: number[] = []
      const server = require('node:http').createServer((_req: any, res: any) => res.end('x'))
      server.listen(0, () => {
        const socket = require('node:net').connect(server.address().port)
        const ask = (): void => {
          runs = 0
          socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        }
        socket.on('data', () =>
          setImmediate(() => {
            counts.push(runs)
            if (counts.length < 10) return ask()
            // The first has Node's listener found out, and a span may have a timer set for all.
            console.log(Math.min(...counts))
            socket.destroy()
            server.close()
          }),
        )
        ask()
      })
    })
    assert.equal(stdout, '1\n')
  })

  it('find their span active in all that they start, and each request of a connection its own', async () => {
    const { spans, stdout, stderr } = await trace(() => {
      const http = require('node:http')
      const { readFile } = require('node:fs')
      const { pipeline } = require('node:stream')
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      const target = http.createServer((_req: any, res: any) => res.end())
      const CALLS = 9
      let answered = 0
      let allAnswered: () => void
      const call = (name: string): any =>
        http.get({ port: target.address().port, path: `/${name}` }, (res: any) =>
          res.resume().on('close', () => ++answered % CALLS === 0 && allAnswered()),
        )
      const done = (name: string) => (): any => call(name)
      const server = http.createServer((req: any, res: any) => {
        const at = req.url.slice(1)
        process.nextTick(done(`${at}-tick`))
        setImmediate(done(`${at}-immediate`))
        readFile(__filename, done(`${at}-file`))
        req.on('data', done(`${at}-data`)).on('end', done(`${at}-end`))
        res.on('finish', done(`${at}-finish`)).on('close', done(`${at}-close`))
        setTimeout(async () => {
          await Promise.resolve()
          call(`${at}-await`)
          pipeline(require('node:stream').Readable.from(['x']), res, done(`${at}-pipeline`))
        }, 30)
      })
      target.listen(0, () =>
        server.listen(0, async () => {
          const { port } = server.address()
          for (const path of ['/a', '/b']) {
            await new Promise<void>((resolve) => {
              allAnswered = resolve
              http.request({ port, path, method: 'POST', agent }, (res: any) => res.resume()).end('body')
            })
          }
          console.log(Object.values(agent.freeSockets).flat().length)
          agent.destroy()
          server.close()
          target.close()
        }),
      )
    })
    assert.equal(stderr, '')
    assert.equal(stdout, '1\n')
    for (const at of ['a', 'b']) {
      const server = spans.find((span) => span.kind === 'server' && span.attributes['url.path'] === `/${at}`)
      const children = spans.filter((span) => span.kind === 'client' && span.parentSpanId === server?.spanId)
      const paths = children.map((span) => String(span.attributes['url.full']).replace(/.*\//, '')).sort()
      const steps = ['await', 'close', 'data', 'end', 'file', 'finish', 'immediate', 'pipeline', 'tick']
      assert.deepEqual(
        paths,
        steps.map((step) => `${at}-${step}`),
      )
    }
  })

  it('find it active even where Node has lost the context: after an abort', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => {
        if (req.url === '/clean-up') {
          res.end()
          server.close()
          return
        }
        req.on('aborted', () => http.get({ port: server.address().port, path: '/clean-up', agent: false }))
        setTimeout(() => client.destroy(), 10)
      })
      let client: any
      server.listen(0, () => {
        client = http.get({ port: server.address().port, path: '/gone' }).on('error', () => {})
      })
    })
    const gone = spans.find((span) => span.kind === 'server' && span.attributes['url.path'] === '/gone')
    const cleanUp = spans.find((span) => String(span.attributes['url.full']).endsWith('/clean-up'))
    assert.equal(gone?.attributes['error.type'], 'aborted')
    assert.equal(cleanUp?.parentSpanId, gone?.spanId)
  })
})
