'use strict'
const { load, show } = require('../kit.js')
const redis = load('redis')

async function main() {
  const client = redis.createClient({ url: process.env.REDIS_URL })
  client.on('error', ({ name }) => show('event', name))
  await client.connect()
  const list = Object.assign(['ECHO', 'a list'], { more: 1 })
  for (const command of [undefined, null, list, Object.freeze(['ECHO', 'frozen'])]) {
    try {
      const promise = client.sendCommand(command)
      show(promise.constructor.name)
      show(await promise)
    } catch (error) {
      show(error.name, error.message)
    }
  }
  await client.disconnect()
}
main()
