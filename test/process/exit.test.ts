/**
 * Every way in which a process can end: it ends as it would without the preload, and what was finished by then arrives.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Collector } from '../support/collector.js'
import { preload, root, runBare, runNode, sourceOf, trace, type App, type Ran } from '../support/run.js'

/** Ends itself in the way named, after one request to itself has been served. */
function endingApp(way: string): void {
  const http = require('node:http')
  const ends: Record<string, () => unknown> = {
    'process.exit': () => process.exit(3),
    'process.exitCode': () => (process.exitCode = 4),
    'an uncaught exception': () => {
      throw new TypeError('not caught')
    },
    'an unhandled rejection': () => Promise.reject(new RangeError('not handled')),
    SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
    SIGINT: () => process.kill(process.pid, 'SIGINT'),
    'SIGTERM with a listener of its own': () => {
      process.once('SIGTERM', () => {
        console.log('shutting down')
        setTimeout(() => process.exit(5), 20)
      })
      process.kill(process.pid, 'SIGTERM')
    },
    'an exception in an exit listener': () => {
      process.on('exit', () => {
        throw new Error('late')
      })
    },
    'running out of work': () => undefined,
  }
  process.on('beforeExit', (code) => console.log('beforeExit', code))
  process.on('exit', (code) => console.log('exit', code))
  const server = http.createServer((_req: any, res: any) => res.end('ok'))
  server.listen(0, () => {
    http.get({ port: server.address().port, agent: false }, (res: any) => {
      res.resume().on('close', () => {
        server.close()
        setTimeout(() => {
          // Whatever runs on although the end has come would be heard.
          if (!way.includes('listener of its own')) setInterval(() => console.log('tick'), 1).unref()
          ends[way]?.()
        }, 20)
      })
    })
  })
}

/** What a user sees; the stack's positions are those of the one-line script. */
function seen({ code, signal, stdout, stderr }: Ran): Ran {
  return { code, signal, stdout, stderr: stderr.replace(/\n\s+at .*/g, '') }
}

describe('a process that ends', () => {
  const ways = [
    'process.exit',
    'process.exitCode',
    'an uncaught exception',
    'an unhandled rejection',
    'SIGTERM',
    'SIGINT',
    'SIGTERM with a listener of its own',
    'an exception in an exit listener',
    'running out of work',
  ]
  for (const way of ways) {
    it(`by ${way} ends as it would without the preload, its spans delivered`, async () => {
      const bare = await runBare(endingApp, { args: [way] })
      // The machine may be busy.
      const traced = await trace(endingApp, { args: [way], env: { PRETRACE_EXIT_TIMEOUT: '20000' } })
      assert.deepEqual(seen(traced), seen(bare))
      assert.deepEqual(traced.spans.map((span) => span.kind).sort(), ['client', 'server'])
    })
  }

  it('delivers more than one message on its way out', async () => {
    const app: App = () => {
      const http = require('node:http')
      let left = 60
      const server = http.createServer((_req: any, res: any) => res.end('ok'))
      server.listen(0, async () => {
        const once = (): Promise<unknown> =>
          new Promise((resolve) => {
            http.get({ port: server.address().port, agent: false }, (res: any) => res.resume().on('close', resolve))
          })
        while (left-- > 0) await once()
        process.exit(0)
      })
    }
    const { spans, collector } = await trace(app, {
      env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '50', OTEL_BSP_SCHEDULE_DELAY: '60000' },
    })
    assert.equal(spans.length, 120)
    assert.equal(new Set(spans.map((span) => span.spanId)).size, 120, 'a span arrived twice')
    assert.ok(collector.requests.length >= 3)
  })

  it('cannot tell that somebody waits for its signals', async () => {
    const app: App = () => {
      const count = (): void =>
        console.log(
          process.listenerCount('SIGTERM'),
          process.listeners('SIGINT'),
          process.listenerCount('exit'),
          process.kill.name,
          process.emit.length,
          Object.keys(process).includes('emit'),
        )
      process.on('newListener', (name) => console.log('newListener', name))
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end('ok'))
      server.listen(0, () => {
        http.get({ port: server.address().port, agent: false }, (res: any) => {
          res.resume().on('close', () => {
            server.close()
            setTimeout(count, 20)
            const heard = (signal: string): void => {
              console.log(signal)
              process.off('SIGTERM', heard)
              process.kill(process.pid, 'SIGTERM')
            }
            process.on('SIGTERM', heard)
            setTimeout(() => process.kill(process.pid, 'SIGTERM'), 40)
            setTimeout(() => console.log('never'), 2000)
          })
        })
      })
    }
    const bare = await runBare(app)
    const { spans, ...traced } = await trace(app)
    assert.equal(bare.signal, 'SIGTERM')
    assert.deepEqual(seen(traced), seen(bare))
    assert.equal(spans.length, 2)
  })
})

describe('without a collector', () => {
  // To be refused takes no time, but on a busy machine to find that out takes longer than an exit would usually wait.
  const nobody = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', PRETRACE_EXIT_TIMEOUT: '10000' }

  it('says one line in total, however many spans fail and however the process ends', async () => {
    const app: App = () => {
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end('ok'))
      server.listen(0, async () => {
        for (let i = 0; i < 8; i++) {
          await new Promise((resolve) => {
            http.get({ port: server.address().port, agent: false }, (res: any) => res.resume().on('close', resolve))
          })
          await new Promise((resolve) => setTimeout(resolve, 15))
        }
        server.close()
      })
    }
    const { stderr, code } = await runNode(['-r', preload, '-e', sourceOf(app)], {
      env: { ...nobody, OTEL_BSP_SCHEDULE_DELAY: '20' },
    })
    assert.equal(stderr, 'pretrace: no spans reach http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9\n')
    assert.equal(code, 0)
  })

  for (const way of ['process.exit', 'running out of work', 'an uncaught exception']) {
    it(`ends by ${way} with one line`, async () => {
      const { stderr, ...bare } = await runBare(endingApp, { args: [way] })
      const traced = await runNode(['-r', preload, '-e', sourceOf(endingApp, [way])], { env: nobody })
      const line = 'pretrace: no spans reach http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9\n'
      assert.deepEqual(seen({ ...traced, stderr: traced.stderr.replace(line, '') }), seen({ ...bare, stderr }))
      assert.ok(traced.stderr.includes(line), traced.stderr)
    })
  }

  for (const [way, status] of [
    ['process.exit', 3],
    ['running out of work', 0],
  ] as const) {
    it(`is not held by a collector that hangs, ending by ${way}`, async () => {
      const hanging = await listen()
      try {
        const env = {
          OTEL_EXPORTER_OTLP_ENDPOINT: hanging.url,
          PRETRACE_EXIT_TIMEOUT: '150',
          // All of it is waiting when the end comes: a message under way may be with the operating system already.
          OTEL_BSP_SCHEDULE_DELAY: '60000',
        }
        const { stderr, code } = await runNode(['-r', preload, '-e', sourceOf(endingApp, [way])], { env })
        assert.equal(
          stderr,
          `pretrace: no spans reach ${hanging.url}: no answer within the 150 ms that an exit may take\n`,
        )
        assert.equal(code, status)
      } finally {
        hanging.server.close()
      }
    })
  }
})

describe('several exporters', () => {
  it('do not wait for one another at the end, and each that fails is named', async () => {
    const app: App = (src: string, urls: Record<string, string>) => {
      const { BatchingExporter } = require(`${src}/export/batching.js`)
      const { wholeBatches } = require(`${src}/export/draft.js`)
      // Two of the three answer, on a busy machine perhaps late.
      require(`${src}/export/at-exit.js`).setExitTimeout(3000)
      for (const [name, url] of Object.entries(urls)) {
        const encode = (batch: any[]): unknown => ({
          url,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from('{"resourceSpans":[]}'),
          spans: batch.length,
          timeout: 10_000,
        })
        const exporter = new BatchingExporter(name, wholeBatches(encode), {
          queueSize: 10,
          batchSize: 2,
          scheduleDelay: 60_000,
        })
        for (let i = 0; i < 5; i++) exporter.add({})
      }
    }
    const hanging = await listen()
    const collector = await Collector.start()
    try {
      const urls = { hanging: hanging.url, nobody: 'http://127.0.0.1:9', good: `${collector.url}/in` }
      const { stderr, code } = await runNode(['-r', preload, '-e', sourceOf(app, [join(root, 'dist', 'src'), urls])])
      assert.deepEqual(stderr.trimEnd().split('\n'), [
        `pretrace: no spans reach ${hanging.url}: no answer within the 3000 ms that an exit may take`,
        'pretrace: no spans reach http://127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9',
      ])
      assert.equal(code, 0)
      assert.deepEqual(
        collector.requests.map(({ path }) => path),
        ['/in', '/in', '/in'],
      )
    } finally {
      hanging.server.close()
      await collector.stop()
    }
  })
})

/** Accepts connections and never says a word. */
async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { server, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}
