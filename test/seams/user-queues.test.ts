/**
 * Queues of the application's own and of libraries that nobody patches: whose task runs when belongs to whom.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { libraries, root, succeed, type App } from '../support/run.js'

const cwd = libraries('seams')
const api = join(root, 'dist', 'src', 'index.js')

/** Ten requests at once, each of which hands a task to a queue; printed is how many tasks ran in their own request's span. */
const asked: App = async (api: string, source: string) => {
  const { createServer } = require('node:http')
  const { activeSpan, bind } = require(api)
  const { once } = require('node:events')
  const { connect } = require('node:net')
  const enqueue = await require('node:vm').runInThisContext(`(${source})`)(
    require,
    bind,
    (name: string) => import(name),
  )
  let own = 0
  const server = createServer((_: any, res: any) => {
    const id = activeSpan().context().toSpanId()
    enqueue(() => {
      if (activeSpan()?.context().toSpanId() === id) own++
      res.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ask = (): Promise<unknown> => {
    const socket = connect(server.address().port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    return once(socket.resume(), 'close')
  }
  await Promise.all(Array.from({ length: 10 }, ask))
  server.close()
  console.log(own)
}

type Enqueue = (task: () => void) => unknown
type Load = (name: string) => Promise<any>
type Bind = <Fn>(fn: Fn) => Fn

describe('a queue', () => {
  const QUEUES: Readonly<Record<string, (require: any, bind: Bind, load: Load) => Enqueue | Promise<Enqueue>>> = {
    'p-queue, which starts a task when another one ends, with bind': async (_require, bind, load) => {
      const { default: PQueue } = await load('p-queue')
      const queue = new PQueue({ concurrency: 1 })
      return (task) => queue.add(bind(async () => new Promise((resolve) => setTimeout(() => resolve(task()), 2))))
    },
    'generic-pool, by promises': (require) => {
      const { createPool } = require('generic-pool')
      const pool = createPool({ create: async () => ({}), destroy: async () => undefined }, { max: 1 })
      return (task) =>
        pool.use(async () => {
          await new Promise((resolve) => setTimeout(resolve, 2))
          task()
        })
    },
    'an EventEmitter as a hop, with bind': (require, bind) => {
      const { EventEmitter } = require('node:events')
      const hop = new EventEmitter()
      const waiting: (() => void)[] = []
      hop.on('free', () => waiting.shift()?.())
      setInterval(() => hop.emit('free'), 2).unref()
      return (task) => waiting.push(bind(task))
    },
    'a list that a timer works on, with bind': (_require, bind) => {
      const waiting: (() => void)[] = []
      const work = (): void => waiting.splice(0).forEach((task) => task())
      setInterval(work, 5).unref()
      return (task) => waiting.push(bind(task))
    },
  }
  for (const [name, queue] of Object.entries(QUEUES)) {
    it(name, async () => {
      const { stdout } = await succeed(asked, { cwd, args: [api, queue.toString()] })
      assert.equal(stdout, '10\n')
    })
  }

  it('of the application loses the context without bind: that is why it is there', async () => {
    const queue = (): Enqueue => {
      const waiting: (() => void)[] = []
      setInterval(() => waiting.splice(0).forEach((task) => task()), 5).unref()
      return (task) => waiting.push(task)
    }
    const { stdout } = await succeed(asked, { cwd, args: [api, queue.toString()] })
    assert.equal(stdout, '0\n')
  })
})
