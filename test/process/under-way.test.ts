/**
 * What becomes of a message that has been sent and not yet answered when the process ends.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { preload, root, runNode, sourceOf, type App, type Ran } from '../support/run.js'

describe('a message that is under way when the process ends', () => {
  /** Sends one message, and is ended when that has arrived at a collector that answers as told. */
  async function endedMeanwhile(answer: (res: ServerResponse) => void, patience = '20000'): Promise<Ran> {
    let child: ChildProcess | undefined
    const server = createServer((req, res) => {
      req.resume().on('end', () => {
        child?.kill('SIGTERM')
        answer(res)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const app: App = (library: string) => {
      require(library).tracer.startSpan('span').finish()
      setInterval(() => undefined, 1000)
    }
    try {
      const { stderr, ...ran } = await runNode(['-r', preload, '-e', sourceOf(app, [root])], {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
          OTEL_BSP_SCHEDULE_DELAY: '10',
          PRETRACE_EXIT_TIMEOUT: patience,
        },
        onStart: (started) => (child = started),
      })
      return { ...ran, stderr: stderr.replace(String(port), 'port') }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const ended = { code: null, signal: 'SIGTERM', stdout: '' } as const
  const lost = (why: string): string => `pretrace: no spans reach http://127.0.0.1:port: ${why}\n`

  it('is not sent again, and its answer is waited for', async () => {
    let messages = 0
    let isAnswered = false
    const ran = await endedMeanwhile((res) => {
      messages++
      setTimeout(() => res.end(() => (isAnswered = true)), 300)
    })
    assert.deepEqual(ran, { ...ended, stderr: '' })
    assert.deepEqual([messages, isAnswered], [1, true])
  })

  it('is lost for certain where the answer is no', async () => {
    const ran = await endedMeanwhile((res) => setTimeout(() => res.writeHead(400).end(), 50))
    assert.deepEqual(ran, { ...ended, stderr: lost('it answers 400') })
  })

  it('is not taken for answered by what is said in between', async () => {
    const ran = await endedMeanwhile((res) => {
      res.writeProcessing()
      setTimeout(() => res.writeHead(503).end(), 50)
    })
    assert.deepEqual(ran, { ...ended, stderr: lost('it answers 503') })
  })

  it('is sent again where the connection had been closed before it came', async () => {
    const late: string[] = []
    let idling: NodeJS.Timeout | undefined
    const server = createServer((req, res) => {
      const bytes: Buffer[] = []
      req.on('data', (chunk: Buffer) => bytes.push(chunk))
      req.on('end', () => {
        if (Buffer.concat(bytes).includes('late')) late.push(String(req.socket.remotePort))
        res.end()
        // Once no more come: the application is busy by then.
        clearTimeout(idling)
        idling = setTimeout(() => server.closeIdleConnections(), 500)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const app: App = (library: string) => {
      const { tracer } = require(library) as typeof import('../../src/index.js')
      const send = (name: string): void => {
        for (let i = 0; i < 2; i++) tracer.startSpan(name).finish()
      }
      // Not for the first time, which takes longer than the exporter takes at a time.
      const early = setInterval(() => send('early'), 10)
      const end = (): void => {
        clearInterval(early)
        send('late')
        setTimeout(() => process.exit(), 1)
        for (const end = performance.now() + 1500; performance.now() < end;);
      }
      // After an immediate come timers: the message is written, and before Node looks at its sockets it is over.
      setTimeout(() => setImmediate(end), 700)
    }
    try {
      const ran = await runNode(['-r', preload, '-e', sourceOf(app, [root])], {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
          PRETRACE_EXIT_TIMEOUT: '20000',
        },
      })
      assert.deepEqual(ran, { code: 0, signal: null, stdout: '', stderr: '' })
    } finally {
      clearTimeout(idling)
      server.closeAllConnections()
      server.close()
    }
    assert.equal(late.length, 1)
  })

  it('is lost where the connection closes', async () => {
    const ran = await endedMeanwhile((res) => setTimeout(() => res.destroy(), 50))
    assert.deepEqual(ran, { ...ended, stderr: lost('the connection was closed without an answer') })
  })

  it('is given up in time, and that is said', async () => {
    const ran = await endedMeanwhile(() => undefined, '150')
    assert.deepEqual(ran, { ...ended, stderr: lost('no answer within the 150 ms that an exit may take') })
  })
})
