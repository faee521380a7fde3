import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import type { Arrived } from '../support/collector.js'
import { below, failedIn, leaks, treeBelow } from '../support/redis.js'
import { libraries, root, type Traced } from '../support/run.js'
import { namesOf } from '../support/spans.js'

/** Everything that the client of callbacks can do, each in a span of its own. */
async function everything(root: string): Promise<void> {
  const redis = require('redis')
  const isTraced = process.execArgv.includes('-r')
  const tracing = isTraced ? require(`${root}/dist/src/index.js`) : undefined
  const told: unknown[] = []
  const activeId = (): unknown => tracing?.activeSpan()?.context().toSpanId()
  let mine: unknown
  async function section(name: string, work: () => unknown): Promise<void> {
    const span = tracing?.tracer.startSpan(name, { ignoreActiveSpan: true })
    const settle = async (): Promise<unknown> => {
      mine = activeId()
      try {
        return await work()
      } catch (error: any) {
        return `${error.name} ${error.code} ${error.command} ${error.args}`
      }
    }
    told.push([name, await (span === undefined ? settle() : tracing.withSpan(span, settle))])
    span?.finish()
  }
  const client = redis.createClient(process.env['REDIS_URL'])
  const key = `s3cret-${process.pid}`
  const call = (name: string, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      client[name](...args, (error: unknown, reply: unknown) => {
        // The callback is in the caller's context, and the client's own.
        if (activeId() !== mine) told.push('another context')
        if (error) reject(error)
        else resolve(reply)
      })
    })
  await section('before connect', () => call('set', key, 's3cret-value'))
  await section('command', () => call('get', key))
  await section('wrong type', () => call('lpush', key, 's3cret-element').catch((error: any) => error.code))
  await section('unknown command', () => call('send_command', 'NONSENSE', ['s3cret']).catch((error: any) => error.code))
  await section('invalid argument', () => call('set', key, undefined).catch((error: any) => error.command))
  await section('hash', async () => [
    await call('hmset', `${key}-hash`, { a: 's3cret' }),
    await call('hgetall', `${key}-hash`),
  ])
  const transaction = (commands: unknown[][]): Promise<unknown> =>
    new Promise((resolve) => {
      client
        .multi(commands)
        .exec((error: any, replies: unknown) => resolve([error?.code, error?.errors?.length, String(replies)]))
    })
  await section('transaction', () =>
    transaction([
      ['set', key, '1'],
      ['lpush', key, 'a'],
      ['get', key],
    ]),
  )
  await section('refused transaction', () =>
    transaction([
      ['set', key],
      ['get', key],
    ]),
  )
  await section('watch', async () => {
    await call('watch', key)
    await call('set', key, '2')
    return transaction([['set', key, '3']])
  })
  await section(
    'callbacks in a transaction',
    () =>
      new Promise((resolve) => {
        const heard: unknown[] = []
        client
          .multi()
          .get(key, (_: unknown, reply: unknown) => heard.push(reply))
          .exec((_: unknown, replies: unknown) => resolve([heard, replies]))
      }),
  )
  await section(
    'pipeline',
    () =>
      new Promise((resolve) => {
        client
          .batch([
            ['get', key],
            ['lpush', key, 'a'],
          ])
          .exec((_: unknown, replies: any[]) => resolve(replies.map(String)))
      }),
  )
  await section('empty', () => new Promise((resolve) => client.batch().exec((...args: unknown[]) => resolve(args))))
  await section('unheard', async () => {
    client.on('error', (error: any) => told.push(['event', error.command, error.code]))
    client.set(key, 's3cret-unheard')
    client.lpush(key, 's3cret-unheard')
    return call('ping')
  })
  await section('unheard pipeline', async () => {
    client
      .batch([
        ['get', key],
        ['exists', key],
      ])
      .exec()
    return call('ping')
  })
  await section('select', async () => [await call('select', 1), await call('exists', key), await call('select', 0)])
  const other = client.duplicate()
  const messages = new Promise((resolve) =>
    other.on('message', (...args: unknown[]) => resolve([args.length, activeId() === undefined])),
  )
  await section(
    'subscribe',
    () => new Promise((resolve) => other.subscribe(`s3cret-${process.pid}`, (error: unknown) => resolve(error))),
  )
  await section('publish', () => call('publish', `s3cret-${process.pid}`, 's3cret-message'))
  told.push(['message', await messages])
  // The server cuts the connection: the client connects again and goes on by itself.
  await section('reconnect', async () => {
    client.on('end', () => told.push('cut'))
    const again = new Promise((resolve) => client.once('ready', resolve))
    client.stream.destroy()
    await again
    return call('ping')
  })
  await new Promise((resolve) => other.quit(resolve))
  await section('quit', () => call('quit'))
  await section('closed', () => call('get', key).catch((error: any) => error.code))
  console.log(told)
}

describe('redis 3', () => {
  let ran: Traced
  let spans: readonly Arrived[]
  const only = (section: string): Arrived => {
    const found = below(spans, section)
    assert.equal(found.length, 1, `${section}: ${namesOf(found).join()}`)
    return found[0] as Arrived
  }
  const tree = (section: string): string[] => treeBelow(spans, section)
  const failed = (section: string): string[] => failedIn(spans, section)

  before(async () => {
    ran = await tracedAlike(everything, { cwd: libraries('redis-3'), args: [root] })
    spans = ran.spans
  })

  it('leaves the application as it was, and its callbacks in their context', () => {
    assert.match(ran.stdout, /'cut'/)
    assert.doesNotMatch(ran.stdout, /another context/)
  })

  it('makes a client span of a command', () => {
    const { hostname, port } = new URL(process.env['REDIS_URL'] as string)
    const { name, kind, component, failed, attributes } = only('command')
    assert.deepEqual([name, kind, component, failed], ['GET', 'client', 'redis', false])
    assert.deepEqual(attributes, {
      'db.system.name': 'redis',
      'db.namespace': '0',
      'db.operation.name': 'GET',
      'db.query.text': 'GET ?',
      'server.address': hostname,
      'server.port': Number(port),
    })
  })

  it('traces a command that waits for the connection, and what a connection does by itself not at all', () => {
    assert.equal(only('before connect').name, 'SET')
    assert.deepEqual(tree('reconnect'), ['PING'])
    const strays = spans.filter(({ parentSpanId, kind }) => parentSpanId === undefined && kind === 'client')
    assert.deepEqual(namesOf(strays), ['QUIT'])
  })

  it('records no argument anywhere', () => assert.deepEqual(leaks(spans.filter(({ name }) => name !== 's3cret')), []))

  it('marks commands that failed', () => {
    for (const section of ['wrong type', 'unknown command', 'invalid argument', 'closed'])
      assert.equal(only(section).failed, true, section)
    assert.equal(only('wrong type').attributes['db.response.status_code'], 'WRONGTYPE')
  })

  it('puts the commands of a transaction or a pipeline below it', () => {
    assert.deepEqual(tree('transaction'), ['MULTI', '  SET', '  LPUSH', '  GET'])
    assert.deepEqual(failed('transaction'), ['LPUSH'])
    assert.deepEqual(tree('refused transaction'), ['MULTI', '  SET', '  GET'])
    assert.deepEqual(failed('refused transaction').sort(), ['MULTI', 'SET'])
    assert.deepEqual(tree('watch'), ['WATCH', 'SET', 'MULTI', '  SET'])
    assert.deepEqual(failed('watch'), [])
    assert.deepEqual(tree('pipeline'), ['PIPELINE', '  GET', '  LPUSH'])
    assert.deepEqual(failed('pipeline'), ['LPUSH'])
    assert.deepEqual(tree('empty'), [])
  })

  it('ends spans of commands that nobody hears of', () => {
    assert.deepEqual(tree('unheard'), ['SET', 'LPUSH', 'PING'])
    assert.deepEqual(failed('unheard'), ['LPUSH'])
    assert.deepEqual(tree('unheard pipeline'), ['PIPELINE', '  GET', '  EXISTS', 'PING'])
  })

  it('follows the database', () => {
    const [select, exists] = below(spans, 'select')
    assert.equal(select?.attributes['db.namespace'], '0')
    assert.equal(exists?.attributes['db.namespace'], '1')
  })
})
