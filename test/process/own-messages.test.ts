/**
 * The tracer's own messages, seen from within the application that is traced: not at all.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { root, succeed, type App } from '../support/run.js'

describe('the tracer’s own messages', () => {
  it('have no use for Node’s HTTP client, which the application’s requests would pay for', async () => {
    const app: App = async (index: string) => {
      const { tracer, flush } = require(index)
      tracer.startSpan('a span').finish()
      await flush()
      const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] }
      console.log(moduleLoadList.filter((name) => /_http_|https?$/.test(name)))
    }
    const { spans, stdout } = await succeed(app, { args: [root] })
    assert.equal(spans.length, 1)
    assert.equal(stdout, '[]\n')
  })

  it('pass by what the application puts in the place of Node’s functions', async () => {
    const app: App = async (index: string) => {
      const { tracer, flush } = require(index)
      const refuse = (): never => {
        throw new Error('no connections in tests')
      }
      Object.assign(require('node:http'), { request: refuse, get: refuse })
      Object.assign(require('node:net'), { connect: refuse, createConnection: refuse })
      tracer.startSpan('a span').finish()
      await flush()
    }
    const { spans } = await succeed(app, { args: [root] })
    assert.equal(spans.length, 1)
  })

  it('are on no channel that tells of the application’s requests', async () => {
    const app: App = async (index: string) => {
      const { tracer, flush } = require(index)
      const { subscribe } = require('node:diagnostics_channel')
      for (const name of ['http.client.request.start', 'undici:request:create'])
        subscribe(name, () => console.log(`${name} was told`))
      tracer.startSpan('a span').finish()
      await flush()
    }
    const { spans, stdout } = await succeed(app, { args: [root] })
    assert.equal(spans.length, 1)
    assert.equal(stdout, '')
  })
})
