'use strict'
const redis = require(require.resolve('redis', { paths: [process.cwd()] }))

console.log(Object.keys(redis).sort().join())
const client = redis.createClient({ url: process.env.REDIS_URL })
client.on('error', () => undefined)
console.log(Reflect.ownKeys(client).map(String).sort().join())
for (const name of ['get', 'set', 'GET', 'sendCommand', 'multi', 'connect', 'duplicate', 'scanIterator', 'exec'])
  console.log(name, typeof client[name], client[name]?.length, client[name]?.name)
const main = async () => {
  await client.connect()
  await client.set('transparency:scan', '1')
  for await (const keys of client.scanIterator({ MATCH: 'transparency:scan' })) console.log([keys].flat())
  console.log(await client.eval('return ARGV[1]', { arguments: ['script'] }), await client.del('transparency:scan'))
  await client.quit()
}
main()
