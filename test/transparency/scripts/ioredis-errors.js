'use strict'
const required = require(require.resolve('ioredis', { paths: [process.cwd()] }))
const Redis = required.Redis ?? required

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const main = async () => {
  const redis = new Redis(process.env.REDIS_URL)
  await redis.set(key('e'), 'text')
  const failed = await redis.lpush(key('e'), 'x').catch((error) => error)
  console.log(failed.name, failed.constructor.name, failed.message, failed.command, Object.keys(failed))
  redis
    .incr(key('e'), (error, reply) => console.log('callback', error.message, reply))
    .catch(() => console.log('never'))
  for (const bad of [() => redis.set('a'), () => redis.call('NONSENSE'), () => redis.get()]) {
    try {
      await bad()
    } catch (error) {
      console.log(error.name, error.message)
    }
  }
  await redis.del(key('e'))
  redis.disconnect()
  await redis.get('x').catch((error) => console.log(error.message))
  const offline = new Redis({
    host: '127.0.0.1',
    port: 1,
    enableOfflineQueue: false,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  })
  offline.on('error', (error) => console.log('event', error.code))
  await offline.get('x').catch((error) => console.log(error.message))
  offline.disconnect()
}
main()
