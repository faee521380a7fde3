/**
 * Signals: they reach the application, or end it, as without the preload.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root, runBare, trace, type App, type RunOptions } from '../support/run.js'

/** Sends a signal shortly after the application has printed something. */
function killWhenItSpeaks(signal: NodeJS.Signals): NonNullable<RunOptions['onStart']> {
  return (child) => child.stdout?.once('data', () => setTimeout(() => child.kill(signal), 30))
}

describe('a process that gets a signal', () => {
  it('hears its signals in the context in which it began, not in that of a request', async () => {
    const app: App = () => {
      const { AsyncLocalStorage } = require('node:async_hooks')
      const http = require('node:http')
      const storage = new AsyncLocalStorage()
      const server = http.createServer((_req: any, res: any) => storage.run('a request', () => res.end('ok')))
      server.listen(0, () => {
        http.get({ port: server.address().port, agent: false }, (res: any) => {
          res.resume().on('close', () => server.close())
        })
      })
      // Spans are waiting by then.
      setTimeout(() => {
        process.on('SIGTERM', () => {
          console.log(storage.getStore())
          process.exit()
        })
        console.log('now')
      }, 300)
      setTimeout(() => undefined, 20_000)
    }
    const killed = { onStart: killWhenItSpeaks('SIGTERM'), env: { OTEL_BSP_SCHEDULE_DELAY: '60000' } }
    const bare = await runBare(app, killed)
    const { spans, collector: _collector, ...traced } = await trace(app, killed)
    assert.equal(bare.stdout, 'now\nundefined\n')
    assert.deepEqual(traced, bare)
    assert.equal(spans.length, 2)
  })

  it('dies by a signal from outside', async () => {
    const app: App = () => {
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end('ok'))
      server.listen(0, () => {
        http.get({ port: server.address().port, agent: false }, (res: any) =>
          res.resume().on('close', () => console.log('now')),
        )
      })
    }
    const { signal, spans } = await trace(app, { onStart: killWhenItSpeaks('SIGINT') })
    assert.equal(signal, 'SIGINT')
    assert.equal(spans.length, 2)
  })
})

describe('a signal that comes when the last span has just been sent', () => {
  const app: App = (file: string, isFirst: boolean) => {
    const { beforeSignalDeath, letSignalsKill } = require(file)
    beforeSignalDeath(() => console.log('something waits'))
    const signal = (): unknown => require('node:child_process').spawnSync('kill', ['-TERM', String(process.pid)])
    // As where an answer comes: in the phase in which signals are looked for, too late for this turn.
    require('node:fs').readFile(file, () => {
      if (isFirst) signal()
      letSignalsKill()
      if (!isFirst) signal()
      setTimeout(() => console.log('lives on'), 500)
    })
  }

  for (const isFirst of [true, false]) {
    it(`is not lost with the watcher: ${isFirst ? 'just before' : 'just after'}`, async () => {
      const file = join(root, 'dist', 'src', 'export', 'process-end.js')
      const { signal, stdout } = await runBare(app, { args: [file, isFirst] })
      assert.deepEqual([signal, stdout], ['SIGTERM', ''])
    })
  }
})
