'use strict'
const { load, show } = require('../kit.js')
// No spans: no command is sent but for what opens a connection.
const redis = load('redis')
const refused = redis.createClient({ url: 'redis://127.0.0.1:1', socket: { reconnectStrategy: false } })
refused.on('error', (error) => show('error', error.code))
const main = async () => {
  await refused.connect().catch((error) => show(error.code, error.message))
  const wrong = redis.createClient({ url: process.env.REDIS_URL.replace('//', '//user:wrong@') })
  wrong.on('error', (error) => (show('wrong', error.message), wrong.disconnect().catch(() => undefined)))
  await wrong.connect().catch((error) => show(error.message))
}
main().finally(() => process.exit())
