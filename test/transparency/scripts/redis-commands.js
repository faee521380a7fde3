'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))
const { AsyncLocalStorage } = require('node:async_hooks')

const als = new AsyncLocalStorage()
const main = async () => {
  const client = createClient({ url: process.env.REDIS_URL })
  console.log((await client.connect()) === client, client.isReady)
  const promise = client.set('transparency:a', 'b', { EX: 100 })
  console.log(
    promise instanceof Promise,
    await promise,
    await client.get('transparency:a'),
    await client.get('transparency:none'),
  )
  console.log(
    await client.hSet('transparency:h', { x: '1' }),
    { ...(await client.hGetAll('transparency:h')) },
    await client.mGet(['transparency:a', 'transparency:none']),
  )
  console.log(await client.sendCommand(['ECHO', 'hello']), await client.exists('transparency:a'))
  await Promise.all(
    ['1', '2'].map((name) =>
      als.run(name, async () => (await client.echo(name), console.log(name === als.getStore()))),
    ),
  )
  const args = Object.freeze(['transparency:a', 'transparency:h'])
  console.log(await client.del(args), args)
  await client.quit()
}
main()
