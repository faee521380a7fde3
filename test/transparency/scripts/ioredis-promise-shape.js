'use strict'
const { load, show } = require('../kit.js')
const Redis = load('ioredis')
const client = new Redis(process.env.REDIS_URL, { lazyConnect: true })
const main = async () => {
  show(
    client.status,
    Object.keys(client)
      .sort()
      .filter((name) => !name.startsWith('_')),
  )
  await client.connect()
  // The order of the answers is looked at, so all have to come in one piece.
  client.stream.cork()
  const promise = client.ping()
  show(promise instanceof Promise, promise.constructor === Promise, Object.keys(promise))
  const order = []
  const all = Promise.all([
    client.echo('1').then((text) => order.push(text)),
    client.echo('2', (error, text) => order.push(`callback ${text}`)),
    promise.then((text) => order.push(text)),
  ])
  client.stream.uncork()
  await all
  show(order, client.eventNames().map(String))
  show(
    await client
      .pipeline([
        ['echo', 'a'],
        ['lpush', 'x'],
        ['echo', 'b'],
      ])
      .exec()
      .then((all) => all.map(([error, value]) => [error?.message, value])),
  )
  client.disconnect()
  await client.ping().catch((error) => show(error.message))
}
main().finally(() => client.disconnect())
