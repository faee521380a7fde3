/**
 * Whatever of the application runs when a pool's query ends, where that could be skipped.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { traced } from '../support/alike.js'
import { root } from '../support/run.js'

const api = join(root, 'dist', 'src', 'index.js')

describe('a promised query of a pool', () => {
  it('runs what the application hears of a promised query in the scope of whoever asked', async () => {
    const { stdout } = await traced(
      async (api: string) => {
        const { Pool, Query } = require('pg')
        const { tracer, withSpan, activeSpan } = require(api)
        const say = (what: string): void => console.log(what, activeSpan()?.name)
        /** A promise that calls whoever waits from where it is settled. */
        class Loose {
          waiting: any[] = []
          constructor(work: any) {
            work(
              (value: unknown) => this.waiting.forEach(([fulfilled]) => fulfilled(value)),
              (error: unknown) => this.waiting.forEach(([, rejected]) => rejected?.(error)),
            )
          }
          catch(): this {
            return this
          }
        }
        Reflect.set(Loose.prototype, 'then', function (this: Loose, ...handlers: unknown[]) {
          this.waiting.push(handlers)
        })
        const connectionString = process.env['DATABASE_URL']
        const released = new Pool({ connectionString, max: 1 })
        released.on('release', () => say('released by'))
        const logged = new Pool({
          connectionString,
          max: 1,
          log: (text: string) => text === 'query dispatched' && say('logged by'),
        })
        const loose = new Pool({ connectionString, max: 1, Promise: Loose })
        const plain = new Pool({ connectionString, max: 1 })
        for (const name of ['first', 'second']) {
          await withSpan(tracer.startSpan(name), async () => {
            await released.query('SELECT 1')
            await logged.query('SELECT 1')
            await new Promise<void>((resolve) => {
              loose.query('SELECT 1').then(() => {
                say('resolved for')
                resolve()
              })
            })
            const query = new Query('SELECT 1')
            query.on('end', () => say('ended for'))
            await plain.query(query)
            await plain.query('SELECT 1')
            say('went on in')
          })
        }
        await Promise.all([released.end(), logged.end(), plain.end()])
        loose.end(() => undefined)
      },
      { args: [api] },
    )
    const heard = ['released by', 'logged by', 'resolved for', 'ended for', 'went on in']
    const expected = ['first', 'second'].flatMap((name) => heard.map((what) => `${what} ${name}\n`))
    assert.equal(stdout, expected.join(''))
  })
})
