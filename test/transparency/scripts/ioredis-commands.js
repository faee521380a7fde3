'use strict'
const required = require(require.resolve('ioredis', { paths: [process.cwd()] }))
const Redis = required.Redis ?? required

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const main = async () => {
  const redis = new Redis(process.env.REDIS_URL, { lazyConnect: true })
  console.log(redis.status, redis.get.length, redis.get.name, redis.sendCommand.length, redis.sendCommand.name)
  const early = redis.set(key('i'), '1')
  console.log(early instanceof Promise, redis.status, await early, await redis.get(key('i')))
  const returned = redis.incr(key('i'), function (error, reply) {
    console.log('callback', error, reply, arguments.length)
  })
  console.log(
    returned instanceof Promise,
    await returned,
    await redis.call('ECHO', 'x'),
    await redis.getBuffer(key('i')),
  )
  console.log(
    await redis.mget([key('i'), key('none')]),
    await redis.hset(key('j'), { a: 1 }),
    await redis.hgetall(key('j')),
  )
  redis.defineCommand('mine', { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1]}' })
  console.log(await redis.mine('key', 'argument'), redis.mine.length)
  console.log(Reflect.ownKeys(redis).map(String).sort().join(), redis.eventNames())
  await redis.del(key('i'), key('j'))
  console.log(await redis.quit())
}
main()
