'use strict'
const redis = require(require.resolve('redis', { paths: [process.cwd()] }))

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
console.log(Object.keys(redis).sort().join())
const client = redis.createClient({ url: process.env.REDIS_URL })
client.on('error', () => undefined)
console.log(Reflect.ownKeys(client).map(String).sort().join())
for (const name of ['get', 'set', 'GET', 'sendCommand', 'multi', 'connect', 'duplicate', 'scanIterator', 'exec'])
  console.log(name, typeof client[name], client[name]?.length, client[name]?.name)
const main = async () => {
  await client.connect()
  await client.set(key('scan'), '1')
  // In how many answers they come, and whether twice, hangs on what others keep in the database.
  const found = new Set()
  for await (const keys of client.scanIterator({ MATCH: key('scan') }))
    for (const each of [keys].flat()) found.add(each)
  console.log([...found])
  console.log(await client.eval('return ARGV[1]', { arguments: ['script'] }), await client.del(key('scan')))
  await client.quit()
}
main()
