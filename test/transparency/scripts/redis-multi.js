'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const main = async () => {
  const client = createClient({ url: process.env.REDIS_URL })
  await client.connect()
  const multi = client.multi()
  console.log(multi.set(key('m'), '1') === multi, multi.incr(key('m')).get(key('m')) === multi)
  const replies = await multi.exec()
  console.log(Array.isArray(replies), replies)
  console.log(await client.multi().ping().echo('x').execAsPipeline(), await client.multi().exec())
  const failed = await client
    .multi()
    .set(key('m'), 'a')
    .incr(key('m'))
    .exec()
    .catch((error) => error)
  console.log(failed.constructor.name, failed.message ?? failed, failed.replies?.length)
  await client.del(key('m'))
  await client.quit()
}
main()
