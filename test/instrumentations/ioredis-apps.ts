/**
 * Applications that use ioredis, run in a process of their own by ioredis.test.ts.
 */

export async function everything(root: string): Promise<void> {
  const Redis = require('ioredis')
  const isTraced = process.execArgv.includes('-r')
  const tracing = isTraced ? require(`${root}/dist/src/index.js`) : undefined
  const url = process.env['REDIS_URL']
  const told: unknown[] = []
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  async function section(name: string, work: () => unknown): Promise<void> {
    const span = tracing?.tracer.startSpan(name)
    const settle = async (): Promise<unknown> => {
      try {
        return await work()
      } catch (error: any) {
        return `${error.constructor.name}: ${error.message}`
      }
    }
    told.push([name, await (span === undefined ? settle() : tracing.withSpan(span, settle))])
    span?.finish()
  }
  const active = (): string => tracing?.activeSpan()?.name ?? 'none'
  let client: any
  await section('connecting', () => {
    client = new Redis(url, { connectionName: 'app', retryStrategy: () => 10, keyPrefix: 's3cret:' })
    // Called with the connection's events: outside of any trace.
    client.on('ready', () => client.strlen('s3cret-ready'))
    client.on('error', () => {})
  })
  await section('before connect', () => client.set('key', 's3cret-value'))
  await section('lazy', async () => {
    const lazy = new Redis(url, { lazyConnect: true, db: 2 })
    await lazy.get('s3cret')
    lazy.disconnect()
  })
  await section('connect with callback', async () => {
    const lazy = new Redis(url, { lazyConnect: true })
    const seen = await new Promise((resolve) => lazy.connect(() => resolve(active())))
    if (tracing !== undefined && seen !== 'connect with callback') throw new Error(`called in ${String(seen)}`)
    lazy.disconnect()
  })
  await section('set', () => client.set('key', 's3cret-value'))
  await section('callback', () => new Promise((resolve) => client.get('key', () => resolve(client.exists('key')))))
  await section('many', () => client.mset(Array.from({ length: 100 }, (_, i) => `s3cret-${i}`)))
  await section('wrong type', () => client.lpush('key', 's3cret-value'))
  await section('unknown command', () => client.call('NONSENSE', 's3cret-a', 's3cret-b'))
  await section('buffer', () => client.callBuffer('set', 's3cret', Buffer.from('s3cret')))
  await section('transaction', () => client.multi().set('a', 's3cret-1').lpush('a', 's3cret-2').get('a').exec())
  await section('uniform', () => client.multi().get('a').get('b').exec())
  await section('transaction by hand', async () => {
    await client.multi({ pipeline: false })
    await client.get('a')
    return client.exec()
  })
  await section('refused transaction', () => client.multi().get('a').call('NONSENSE', 's3cret').exec())
  await section('watch', async () => {
    await client.watch('a')
    await client.set('a', 's3cret-3')
    return client.multi().set('a', 's3cret-4').exec()
  })
  await section('pipeline', () => client.pipeline().get('a').lpush('a', 's3cret-2').get('a').exec())
  await section('empty pipeline', () => client.pipeline().exec())
  await section('select', async () => {
    await client.select(1)
    await client.get('a')
    await client.select(0)
  })
  client.defineCommand('joined', { numberOfKeys: 1, lua: `return ARGV[1] .. '${process.pid}${isTraced}'` })
  const joined = async (): Promise<boolean> => String(await client.joined('key', 's3cret-value')).includes('s3cret')
  await section('script', joined)
  await section('script again', joined)
  await section('failing script', () => client.eval("return redis.error_reply('s3cret failed')", 0))
  const subscriber = new Redis(url, { retryStrategy: () => 10 })
  subscriber.on('error', () => {})
  const heard: unknown[] = []
  let id = ''
  await section('id of subscriber', async () => {
    id = String(await subscriber.client('ID'))
  })
  await section('subscribe', () => {
    subscriber.on('message', (_channel: string, message: string) => {
      heard.push(message)
      client.strlen('s3cret')
    })
    return subscriber.subscribe('s3cret-channel')
  })
  const killed = new Promise((resolve) => subscriber.once('close', resolve))
  const back = killed.then(() => new Promise((resolve) => subscriber.once('ready', resolve)))
  await section('kill', () => client.client('KILL', 'ID', id))
  await back
  await section('publish', async () => {
    while (heard.length === 0) {
      await client.publish('s3cret-channel', 's3cret-message')
      await pause(5)
    }
  })
  subscriber.disconnect()
  const blocked = new Redis(url, { retryStrategy: () => 10, db: 1 })
  blocked.on('error', () => {})
  await section('blocking', () => blocked.blpop('s3cret-nothing', 0.01))
  await section('id', async () => {
    id = String(await blocked.client('ID'))
  })
  const unseen = (work: () => unknown): unknown =>
    tracing === undefined
      ? work()
      : tracing.withSpan(tracing.tracer.startSpan('unseen', { ignoreActiveSpan: true }), work)
  const untilBlocked = async (): Promise<void> => {
    while (!(await client.client('LIST', 'ID', id)).includes('flags=b'));
  }
  await section('resent', async () => {
    const resent = blocked.blpop('s3cret-resent', 0)
    await unseen(untilBlocked)
    const back = new Promise((resolve) => blocked.once('ready', resolve))
    await client.call('CLIENT', 'KILL', 'ID', id)
    await back
    // The prefix of `client` is in the way of the key.
    const other = new Redis(url, { db: 1 })
    await other.rpush('s3cret-resent', 's3cret')
    other.disconnect()
    return resent
  })
  await section('id again', async () => {
    id = String(await blocked.client('ID'))
  })
  await section('lost', async () => {
    const lost = blocked.blpop('s3cret-nothing', 0)
    await unseen(untilBlocked)
    blocked.disconnect()
    return lost
  })
  await section('closed', () => blocked.get('s3cret'))
  await section('timed out', async () => {
    const hasty = new Redis(url, { commandTimeout: 200 })
    hasty.on('error', () => {})
    await new Promise((resolve) => hasty.once('ready', resolve))
    try {
      return await hasty.blpop('s3cret-nothing', 0)
    } finally {
      hasty.disconnect()
    }
  })
  console.log(JSON.stringify(told))
  client.disconnect()
  console.log('done')
}

export async function concurrent(root: string, isAutomatic: boolean): Promise<void> {
  const Redis = require('ioredis')
  const { tracer, withSpan } = require(`${root}/dist/src/index.js`)
  const client = new Redis(process.env['REDIS_URL'], { enableAutoPipelining: isAutomatic })
  const request = async (i: number): Promise<void> => {
    const span = tracer.startSpan(`request ${i}`)
    await withSpan(span, async () => {
      await client.set(`c${i}`, i % 2 === 0 ? 'even' : 'odd')
      await new Promise((resolve) => setTimeout(resolve, i % 7))
      await Promise.all([client.get(`c${i}`), client.pipeline().incr('counter').exec()])
    })
    span.finish()
  }
  const early = Array.from({ length: 30 }, (_, i) => request(i))
  await new Promise((resolve) => client.once('ready', resolve))
  await Promise.all([...early, ...Array.from({ length: 30 }, (_, i) => request(30 + i))])
  client.disconnect()
}

export async function unhandled(): Promise<void> {
  const Redis = require('ioredis')
  const client = new Redis(process.env['REDIS_URL'])
  process.on('unhandledRejection', (error: any) => console.log(error.message.slice(0, 9)))
  await client.set('text', 'x')
  void client.lpush('text', 'x')
  await client.ping()
  await new Promise((resolve) => setImmediate(resolve))
  client.disconnect()
  console.log('end')
}

export async function talkative(root: string): Promise<void> {
  const Redis = require('ioredis')
  const { tracer, withSpan } = require(`${root}/dist/src/index.js`)
  const client = new Redis(process.env['REDIS_URL'])
  const span = tracer.startSpan('shown')
  const quiet = (sent: Promise<unknown>): Promise<unknown> => sent.catch(() => {})
  await withSpan(span, async () => {
    await client.set('key', 'visible')
    await quiet(client.auth('nobody', 's3cret'))
    await quiet(client.hello(3, 'AUTH', 'nobody', 's3cret'))
    await quiet(client.eval("return 's3cret'", 1, 'key'))
    await client.echo(Buffer.from('s3cret'))
  })
  span.finish()
  client.disconnect()
}
