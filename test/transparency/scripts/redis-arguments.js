'use strict'
const { load, show, failure, each } = require('../kit.js')
const redis = load('redis')
const client = redis.createClient({ url: process.env.REDIS_URL })
const key = (name) => `${process.env.KEYS}:${name}`
client.on('error', () => undefined)
const main = async () => {
  show(await client.ping().catch(failure))
  await client.connect()
  await each({
    twice: () => client.connect(),
    missing: () => client.get(key('none')),
    wrong: async () => (await client.set(key('s'), '1'), client.lPush(key('s'), 'a')),
    number: () => client.set(key('s'), '5').then(() => client.incrBy(key('s'), 2)),
    options: () => client.set(key('s'), 'v', { EX: 100, NX: true }),
    hash: () => client.hSet(key('h'), { a: '1', b: '2' }).then(() => client.hGetAll(key('h'))),
    command: () => client.sendCommand(['ECHO', 'x']),
    unknown: () => client.sendCommand(['NOSUCH', 'a']),
    delete: () => client.del([key('s'), key('h')]),
  })
  await (client.close?.() ?? client.quit())
  show(client.isOpen, client.isReady)
}
main()
