'use strict'
const required = require(require.resolve('ioredis', { paths: [process.cwd()] }))
const { AsyncLocalStorage } = require('node:async_hooks')
const Redis = required.Redis ?? required

const als = new AsyncLocalStorage()
const main = async () => {
  const redis = new Redis(process.env.REDIS_URL)
  const pipeline = redis
    .pipeline()
    .set('transparency:p', '1')
    .incr('transparency:p', (error, reply) => console.log('one', error, reply))
  console.log(pipeline.length, typeof pipeline.then, await pipeline.exec())
  console.log(
    await redis
      .pipeline([['get', 'transparency:p'], ['nonsense']])
      .exec()
      .then((all) => all.map(([error, reply]) => error?.message ?? reply)),
  )
  console.log(await redis.multi().get('transparency:p').del('transparency:p').exec())
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
