'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))

const main = async () => {
  const client = createClient({ url: process.env.REDIS_URL })
  await client.connect()
  const multi = client.multi()
  console.log(multi.set('transparency:m', '1') === multi, multi.incr('transparency:m').get('transparency:m') === multi)
  const replies = await multi.exec()
  console.log(Array.isArray(replies), replies)
  console.log(await client.multi().ping().echo('x').execAsPipeline(), await client.multi().exec())
  const failed = await client
    .multi()
    .set('transparency:m', 'a')
    .incr('transparency:m')
    .exec()
    .catch((error) => error)
  console.log(failed.constructor.name, failed.message ?? failed, failed.replies?.length)
  await client.del('transparency:m')
  await client.quit()
}
main()
