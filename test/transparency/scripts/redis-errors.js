'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const main = async () => {
  const client = createClient({ url: process.env.REDIS_URL })
  await client.get('x').catch((error) => console.log(error.constructor.name, error.message))
  await client.connect()
  await client.set(key('s'), 'text')
  const failed = await client.lPush(key('s'), 'x').catch((error) => error)
  console.log(failed.constructor.name, failed.message, Object.keys(failed), failed.stack?.split('\n')[0])
  for (const bad of [
    () => client.set('a'),
    () => client.set('a', { b: 1 }),
    () => client.get(7),
    () => client.sendCommand(['NONSENSE']),
  ]) {
    try {
      await bad()
    } catch (error) {
      console.log(error.name, error.message)
    }
  }
  await client.del(key('s'))
  await client.quit()
  await client.get('x').catch((error) => console.log(error.constructor.name, error.message))
}
main()
