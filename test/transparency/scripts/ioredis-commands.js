'use strict'
const required = require(require.resolve('ioredis', { paths: [process.cwd()] }))
const Redis = required.Redis ?? required

const main = async () => {
  const redis = new Redis(process.env.REDIS_URL, { lazyConnect: true })
  console.log(redis.status, redis.get.length, redis.get.name, redis.sendCommand.length, redis.sendCommand.name)
  const early = redis.set('transparency:i', '1')
  console.log(early instanceof Promise, redis.status, await early, await redis.get('transparency:i'))
  const returned = redis.incr('transparency:i', function (error, reply) {
    console.log('callback', error, reply, arguments.length)
  })
  console.log(
    returned instanceof Promise,
    await returned,
    await redis.call('ECHO', 'x'),
    await redis.getBuffer('transparency:i'),
  )
  console.log(
    await redis.mget(['transparency:i', 'transparency:none']),
    await redis.hset('transparency:j', { a: 1 }),
    await redis.hgetall('transparency:j'),
  )
  redis.defineCommand('mine', { numberOfKeys: 1, lua: 'return {KEYS[1], ARGV[1]}' })
  console.log(await redis.mine('key', 'argument'), redis.mine.length)
  console.log(Reflect.ownKeys(redis).map(String).sort().join(), redis.eventNames())
  await redis.del('transparency:i', 'transparency:j')
  console.log(await redis.quit())
}
main()
