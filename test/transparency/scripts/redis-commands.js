'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))
const { AsyncLocalStorage } = require('node:async_hooks')

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const als = new AsyncLocalStorage()
const main = async () => {
  const client = createClient({ url: process.env.REDIS_URL })
  console.log((await client.connect()) === client, client.isReady)
  const promise = client.set(key('a'), 'b', { EX: 100 })
  console.log(promise instanceof Promise, await promise, await client.get(key('a')), await client.get(key('none')))
  console.log(
    await client.hSet(key('h'), { x: '1' }),
    { ...(await client.hGetAll(key('h'))) },
    await client.mGet([key('a'), key('none')]),
  )
  console.log(await client.sendCommand(['ECHO', 'hello']), await client.exists(key('a')))
  await Promise.all(
    ['1', '2'].map((name) =>
      als.run(name, async () => (await client.echo(name), console.log(name === als.getStore()))),
    ),
  )
  const args = Object.freeze([key('a'), key('h')])
  console.log(await client.del(args), args)
  await client.quit()
}
main()
