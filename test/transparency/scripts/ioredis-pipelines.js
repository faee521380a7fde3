'use strict'
const required = require(require.resolve('ioredis', { paths: [process.cwd()] }))
const { AsyncLocalStorage } = require('node:async_hooks')
const Redis = required.Redis ?? required

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const als = new AsyncLocalStorage()
const main = async () => {
  const redis = new Redis(process.env.REDIS_URL)
  const pipeline = redis
    .pipeline()
    .set(key('p'), '1')
    .incr(key('p'), (error, reply) => console.log('one', error, reply))
  console.log(pipeline.length, typeof pipeline.then, await pipeline.exec())
  console.log(
    await redis
      .pipeline([
        ['get', key('p')],
        ['lpush', key('p'), 'x'],
      ])
      .exec()
      .then((all) => all.map(([error, reply]) => error?.message ?? reply)),
  )
  console.log(await redis.multi().get(key('p')).del(key('p')).exec())
  console.log(await redis.multi({ pipeline: false }), await redis.ping(), await redis.exec())
  await new Promise((resolve) =>
    redis
      .pipeline()
      .ping()
      .exec((error, all) => (console.log(error, all), resolve())),
  )
  const auto = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true })
  console.log(
    await Promise.all(['a', 'b'].map((name) => als.run(name, async () => [await auto.echo(name), als.getStore()]))),
  )
  await Promise.all([redis.quit(), auto.quit()])
}
main()
