'use strict'
const required = require(require.resolve('ioredis', { paths: [process.cwd()] }))
const Redis = required.Redis ?? required

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const main = async () => {
  const redis = new Redis(process.env.REDIS_URL)
  const subscriber = redis.duplicate()
  for (const event of ['connect', 'ready', 'close', 'end']) subscriber.on(event, () => console.log('event', event))
  await new Promise((resolve) => {
    subscriber.on('message', (channel, message) => (console.log('message', channel, message), resolve()))
    subscriber.subscribe(key('i'), (error, count) => {
      console.log('subscribed', error, count)
      redis.publish(key('i'), 'hello')
    })
  })
  await subscriber.get('x').catch((error) => console.log(error.message))
  console.log(await subscriber.unsubscribe(), subscriber.listenerCount('message'), redis.eventNames().length)
  const stream = redis.scanStream({ match: key('nothing') })
  for await (const keys of stream) if (keys.length > 0) console.log(keys)
  await Promise.all([subscriber.quit(), redis.quit()])
}
main()
