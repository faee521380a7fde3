'use strict'
const { load, show } = require('../kit.js')
const redis = load('redis')
const client = redis.createClient({ url: process.env.REDIS_URL })
client.on('error', () => undefined)
client.connect().then(async () => {
  const promise = client.ping()
  show(
    promise instanceof Promise,
    promise.constructor === Promise,
    Object.keys(promise),
    promise.then === Promise.prototype.then,
  )
  show(await promise, await Promise.all(['a', 'b', 'c'].map((text) => client.echo(text))))
  const order = []
  const all = [
    client.echo('1').then((text) => order.push(text)),
    client.echo('2').then((text) => order.push(text)),
    client.ping().then((text) => order.push(text)),
  ]
  order.push('sent')
  await Promise.all(all)
  show(order, client.listenerCount('error'), client.eventNames().map(String))
  await client.quit()
  await client.ping().catch((error) => show(error.constructor.name, error.message))
})
