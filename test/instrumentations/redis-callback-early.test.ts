import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import type { Arrived } from '../support/collector.js'
import { below, failedIn, leaks, treeBelow } from '../support/redis.js'
import { libraries, root, type Traced } from '../support/run.js'
import { namesOf } from '../support/spans.js'

/** What the first clients of callbacks do in a way of their own, each in a span of its own. */
async function everything(root: string): Promise<void> {
  const redis = require('redis')
  const isTraced = process.execArgv.includes('-r')
  const tracing = isTraced ? require(`${root}/dist/src/index.js`) : undefined
  const told: unknown[] = []
  const activeId = (): unknown => tracing?.activeSpan()?.context().toSpanId()
  const until = (client: any, event: string): Promise<unknown> => new Promise((resolve) => client.once(event, resolve))
  let mine: unknown
  async function section(name: string, work: () => unknown): Promise<void> {
    const span = tracing?.tracer.startSpan(name, { ignoreActiveSpan: true })
    const settle = async (): Promise<unknown> => {
      mine = activeId()
      try {
        return await work()
      } catch (error: any) {
        return `${error.name} ${error.message} ${error.code} ${error.command}`
      }
    }
    told.push([name, await (span === undefined ? settle() : tracing.withSpan(span, settle))])
    span?.finish()
  }
  const settled =
    (resolve: (reply: unknown) => void, reject: (error: unknown) => void) => (error: unknown, reply: unknown) => {
      if (activeId() !== mine) told.push('another context')
      if (error) reject(error)
      else resolve(reply)
    }
  let client: any
  const call = (name: string, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => client[name](...args, settled(resolve, reject)))
  const key = `s3cret-${process.pid}`
  await section('before connect', () => {
    client = redis.createClient(process.env['REDIS_URL'])
    client.on('ready', () => told.push(['ready', activeId() === undefined]))
    return call('set', key, 's3cret-value')
  })
  await section('command', () => call('get', key))
  await section('list', () => call('get', [key]))
  await section('callback in a list', async () => {
    const list: unknown[] = [key]
    const reply = await new Promise((resolve, reject) => {
      list.push(settled(resolve, reject))
      client.get(list)
    })
    return [reply, list.length]
  })
  await section('the same list twice', async () => {
    const list = [`${key}-list`, 's3cret-element']
    client.rpush(list)
    client.rpush(list)
    return [await call('llen', `${key}-list`), list.length, await call('del', `${key}-list`)]
  })
  await section('wrong type', () => call('lpush', key, 's3cret-element'))
  await section('invalid argument', () => call('set', key, undefined))
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
      ['get', key, 'too', 'many'],
      ['get', key],
    ]),
  )
  client.on('error', (error: any) => told.push(['event', error.command, error.code]))
  await section('unheard', () => {
    client.set(key, 's3cret-unheard')
    client.lpush(key, 's3cret-unheard')
    return call('ping')
  })
  await section('select', async () => [await call('select', 1), await call('exists', key), await call('select', 0)])
  const other = redis.createClient(process.env['REDIS_URL'])
  other.on('error', (error: any) => told.push(['other', error.command]))
  const messages = new Promise((resolve) =>
    other.on('message', (...args: unknown[]) => resolve([args.length, activeId() === undefined])),
  )
  await section('subscribe', () => new Promise((resolve) => other.subscribe(key, (error: unknown) => resolve(error))))
  await section('publish', () => call('publish', key, 's3cret-message'))
  told.push(['message', await messages])
  await section('refused while subscribed', () => other.get(key, () => told.push('heard')))
  // The server cuts the connection: the client connects again and goes on by itself.
  await section('reconnect', async () => {
    const again = until(client, 'ready')
    client.stream.destroy()
    await again
    return call('ping')
  })
  await section('cut off', () => {
    const reply = call('blpop', `${key}-nothing`, 0)
    setImmediate(() => client.flush_and_error(new Error('flushed')))
    return reply
  })
  client.stream.destroy()
  await until(client, 'ready')
  other.end()
  const ended = until(client, 'end')
  await section('quit', () => call('quit'))
  await ended
  await section('closed', () => call('get', key))
  console.log(told)
}

describe('redis before 2.6', () => {
  let ran: Traced
  let spans: readonly Arrived[]
  const tree = (section: string): string[] => treeBelow(spans, section)
  const failed = (section: string): string[] => failedIn(spans, section)

  before(async () => {
    ran = await tracedAlike(everything, { cwd: libraries('redis-2'), args: [root] })
    spans = ran.spans
  })

  it('leaves the application as it was, its callbacks in their context, and events outside of any', () => {
    assert.doesNotMatch(ran.stdout, /another context|'heard'/)
    assert.match(ran.stdout, /\[ 'ready', true ]/)
    assert.match(ran.stdout, /\[ 'message', \[ 2, true ] ]/)
  })

  it('makes a client span of a command, however its arguments and its callback come', () => {
    const { hostname, port } = new URL(process.env['REDIS_URL'] as string)
    const [command] = below(spans, 'command')
    assert.deepEqual(command?.attributes, {
      'db.system.name': 'redis',
      'db.namespace': '0',
      'db.operation.name': 'GET',
      'db.query.text': 'GET ?',
      'server.address': hostname,
      'server.port': Number(port),
    })
    for (const section of ['command', 'list', 'callback in a list']) assert.deepEqual(tree(section), ['GET'], section)
    assert.deepEqual(tree('the same list twice'), ['RPUSH', 'RPUSH', 'LLEN', 'DEL'])
  })

  it('traces a command that waits for the connection, and what a connection does by itself not at all', () => {
    assert.deepEqual(tree('before connect'), ['SET'])
    assert.deepEqual(tree('reconnect'), ['PING'])
    const strays = spans.filter(({ parentSpanId, kind }) => parentSpanId === undefined && kind === 'client')
    assert.deepEqual(namesOf(strays), [])
  })

  it('records no argument anywhere', () => assert.deepEqual(leaks(spans), []))

  it('marks commands that failed', () => {
    for (const [section, name] of [
      ['wrong type', 'LPUSH'],
      ['invalid argument', 'SET'],
      ['refused while subscribed', 'GET'],
      ['cut off', 'BLPOP'],
      ['closed', 'GET'],
    ] as const) {
      assert.deepEqual(tree(section), [name])
      assert.deepEqual(failed(section), [name])
    }
  })

  it('puts the commands of a transaction below it', () => {
    assert.deepEqual(tree('transaction'), ['MULTI', '  SET', '  LPUSH', '  GET'])
    assert.deepEqual(failed('transaction'), ['LPUSH'])
    assert.deepEqual(tree('refused transaction'), ['MULTI', '  GET', '  GET'])
    assert.deepEqual(failed('refused transaction'), ['GET', 'MULTI'])
  })

  it('ends spans of commands that nobody hears of', () => {
    assert.deepEqual(tree('unheard'), ['SET', 'LPUSH', 'PING'])
    assert.deepEqual(failed('unheard'), ['LPUSH'])
  })

  it('follows the database', () => {
    const [select, exists] = below(spans, 'select')
    assert.equal(select?.attributes['db.namespace'], '0')
    assert.equal(exists?.attributes['db.namespace'], '1')
  })
})
