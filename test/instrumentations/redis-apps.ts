/**
 * Applications that use node-redis, run in a process of their own by redis.test.ts.
 */

export async function everything(root: string): Promise<void> {
  const { createClient, defineScript, commandOptions } = require('redis')
  const isTraced = process.execArgv.includes('-r')
  const tracing = isTraced ? require(`${root}/dist/src/index.js`) : undefined
  const url = process.env['REDIS_URL']
  const told: unknown[] = []
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
  const script = {
    NUMBER_OF_KEYS: 1,
    SCRIPT: `return ARGV[1] .. 's3cret-script' .. '${process.pid}'`,
    FIRST_KEY_INDEX: 1,
    transformArguments: (key: string, value: string) => [key, value],
    parseCommand(parser: any, key: string, value: string) {
      parser.pushKey(key)
      parser.push(value)
    },
    transformReply: (reply: string) => reply.length > 0,
  }
  const options = { url, scripts: { joined: defineScript(script) }, pingInterval: 20 }
  const client = createClient(options)
  client.on('error', () => {})
  await section('closed', () => client.get('s3cret-closed'))
  let connected: unknown
  let early: unknown
  await section('while connecting', () => {
    connected = client.connect()
    early = client.get('s3cret-key')
  })
  await section('before connect', async () => {
    const late = createClient({ url })
    const connecting = late.connect()
    await late.set('s3cret-key', 's3cret-value')
    await connecting
    await late.disconnect()
  })
  await connected
  await early
  await section('set', () => client.set('s3cret-key', 's3cret-value'))
  await section('many', () =>
    client.mSet(Array.from({ length: 50 }, (_, i) => [`s3cret-${i}`, 's3cret-value'] as [string, string])),
  )
  await section('wrong type', () => client.lPush('s3cret-key', 's3cret-value'))
  await section('unknown command', () => client.sendCommand(['NONSENSE', 's3cret-a', 's3cret-b']))
  await section('transaction', () =>
    client.multi().set('s3cret-a', 's3cret-1').lPush('s3cret-a', 's3cret-2').get('s3cret-a').exec(),
  )
  await section('uniform', () => client.multi().get('s3cret-a').get('s3cret-b').exec())
  await section('refused transaction', () => client.multi().get('s3cret-a').addCommand(['NONSENSE', 's3cret']).exec())
  await section('watch', async () => {
    await client.watch('s3cret-a')
    await client.set('s3cret-a', 's3cret-3')
    return client.multi().set('s3cret-a', 's3cret-4').exec()
  })
  await section('pipeline', async () => {
    try {
      return await client.multi().get('s3cret-a').lPush('s3cret-a', 's3cret-2').get('s3cret-a').execAsPipeline()
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  await section('select', async () => {
    await client.select(1)
    await client.get('s3cret-a')
    await client.select(0)
  })
  await section('database by url', async () => {
    const other = createClient({ url: `${url?.replace(/\/\d*$/, '')}/2` })
    await tracing?.withSpan(tracing.tracer.startSpan('elsewhere', { ignoreActiveSpan: true }), () => other.connect())
    if (tracing === undefined) await other.connect()
    await other.get('s3cret')
    await other.disconnect()
  })
  await section('script', () => client.joined('s3cret-key', 's3cret-value'))
  await section('script again', () => client.joined('s3cret-key', 's3cret-value'))
  const subscriber = client.duplicate()
  subscriber.on('error', () => {})
  await section('connect of subscriber', () => subscriber.connect().then(() => undefined))
  const heard: unknown[] = []
  const listener = (message: unknown) => {
    heard.push(message)
    return client.strLen('s3cret')
  }
  await section('subscribe', () => subscriber.subscribe('s3cret-channel', listener))
  await section('second listener', () =>
    subscriber.subscribe('s3cret-channel', (message: unknown) => listener(message)),
  )
  await section('publish', () => client.publish('s3cret-channel', 's3cret-message'))
  while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 2))
  await section('unsubscribe', () => subscriber.unsubscribe('s3cret-channel'))
  await subscriber.disconnect()
  const blocked = client.duplicate()
  blocked.on('error', () => {})
  await blocked.connect()
  await section('blocking', () => blocked.blPop('s3cret-nothing', 0.01))
  let id = ''
  await section('id', async () => {
    id = String(await blocked.sendCommand(['CLIENT', 'ID']))
  })
  await section('lost', async () => {
    const lost = blocked.blPop('s3cret-nothing', 0).catch(() => 'lost')
    const killer = createClient({ url })
    await killer.connect()
    const kill = async (): Promise<void> => {
      while (!(await killer.sendCommand(['CLIENT', 'LIST', 'ID', id])).includes('flags=b'));
      await killer.sendCommand(['CLIENT', 'KILL', 'ID', id])
    }
    await (tracing === undefined
      ? kill()
      : tracing.withSpan(tracing.tracer.startSpan('killer', { ignoreActiveSpan: true }), kill))
    await killer.disconnect()
    return lost
  })
  await section('after loss', () => blocked.get('s3cret-key'))
  await blocked.disconnect()
  await section('aborted', () => {
    const signal = AbortSignal.abort()
    if (commandOptions !== undefined) return client.get(commandOptions({ signal }), 's3cret')
    return client.withAbortSignal(signal).get('s3cret')
  })
  await section('unsendable', () => client.set('s3cret', undefined))
  console.log(JSON.stringify(told))
  await client.disconnect()
  console.log('done')
}

export async function concurrent(root: string): Promise<void> {
  const { createClient } = require('redis')
  const { tracer, withSpan } = require(`${root}/dist/src/index.js`)
  const client = createClient({ url: process.env['REDIS_URL'] })
  const request = async (i: number): Promise<void> => {
    const span = tracer.startSpan(`request ${i}`)
    await withSpan(span, async () => {
      await client.set(`c${i}`, i % 2 ? 'odd' : 'even')
      await new Promise((resolve) => setTimeout(resolve, i % 7))
      await Promise.all([client.get(`c${i}`), client.multi().incr('counter').exec()])
    })
    span.finish()
  }
  const connecting = client.connect()
  const early = Array.from({ length: 30 }, (_, i) => request(i))
  await connecting
  await Promise.all([...early, ...Array.from({ length: 30 }, (_, i) => request(30 + i))])
  await client.disconnect()
}

export async function talkative(root: string): Promise<void> {
  const { createClient } = require('redis')
  const { tracer, withSpan } = require(`${root}/dist/src/index.js`)
  const client = createClient({ url: process.env['REDIS_URL'] })
  await client.connect()
  const span = tracer.startSpan('shown')
  await withSpan(span, async () => {
    const quiet = (sent: Promise<unknown>): Promise<unknown> => sent.catch(() => {})
    await client.set('key', 'visible')
    await quiet(client.sendCommand(['AUTH', 'nobody', 's3cret']))
    await quiet(client.sendCommand(['CONFIG', 'SET', 'requirepass', 's3cret', 'maxmemory', 'nonsense']))
    await quiet(client.sendCommand(['ACL', 'SETUSER', 'someone', '+nonsense>s3cret']))
    await client.sendCommand(['ECHO', Buffer.from('s3cret')])
    await client.sendCommand(['ECHO', 'x'.repeat(5000)])
  })
  span.finish()
  await client.disconnect()
}

export async function pooled(root: string): Promise<void> {
  const { createClientPool } = require('redis')
  const { tracer, withSpan } = require(`${root}/dist/src/index.js`)
  const pool = createClientPool({ url: process.env['REDIS_URL'] }, { minimum: 1, maximum: 1 })
  await pool.connect()
  const task = async (i: number): Promise<void> => {
    const span = tracer.startSpan(`task ${i}`)
    await withSpan(span, () => pool.incr('pooled'))
    span.finish()
  }
  await Promise.all(Array.from({ length: 10 }, (_, i) => task(i)))
  await pool.close()
}

export async function unhandled(): Promise<void> {
  const { createClient } = require('redis')
  const client = createClient({ url: process.env['REDIS_URL'] })
  await client.connect()
  const nextUnhandled = (): Promise<unknown> =>
    new Promise((resolve) => {
      process.once('unhandledRejection', (error: any) => resolve(console.log(error.message.slice(0, 9))))
    })
  await client.set('text', 'x')
  void client.sendCommand(['LPUSH', 'text', 'x'])
  await nextUnhandled()
  void client.lPush('text', 'x')
  await nextUnhandled()
  await client.disconnect()
}

/** Whether what a request has of its own is kept for as long as its commands might take. */
export async function letGo(): Promise<void> {
  const { AsyncLocalStorage } = require('node:async_hooks')
  const { setTimeout: sleep } = require('node:timers/promises')
  const { createClient } = require('redis')
  require('node:v8').setFlagsFromString('--expose-gc')
  const collect = require('node:vm').runInNewContext('gc')
  const client = createClient({ url: process.env['REDIS_URL'], commandOptions: { timeout: 60_000 } })
  await client.connect()
  const storage = new AsyncLocalStorage()
  const serve = async (): Promise<any> => {
    const own = {}
    await storage.run(own, () => client.set('let go', '1'))
    return new WeakRef(own)
  }
  // Once for each: a second collection would come after what has been cleared on account of the first.
  let isGone = false
  for (let i = 0; i < 20 && !isGone; i++) {
    const request = await serve()
    await sleep(10)
    collect()
    isGone = request.deref() === undefined
  }
  console.log(isGone ? 'let go' : 'kept')
  client.destroy()
}

/** Commands that wait too long for their turn, one of them with nobody to hear of it. */
export async function late(): Promise<void> {
  const { AsyncLocalStorage } = require('node:async_hooks')
  const { createClient } = require('redis')
  const client = createClient({ url: 'redis://127.0.0.1:1', commandOptions: { timeout: 30 } })
  client.on('error', () => {})
  client.connect().catch(() => {})
  const storage = new AsyncLocalStorage()
  await storage.run('heard', async () => {
    await client.get('k').catch((error: any) => console.log(error.constructor.name, storage.getStore()))
    console.log(storage.getStore())
  })
  const unhandled = new Promise<void>((resolve) => {
    process.once('unhandledRejection', (error: any) => {
      console.log(error.constructor.name, storage.getStore())
      resolve()
    })
  })
  storage.run('unheard', () => void client.get('k'))
  await unhandled
  client.destroy()
}

export function requireBoth(): void {
  require('redis')
  require('@redis/client')
}
