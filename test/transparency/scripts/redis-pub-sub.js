'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))

// Several of these programs run at the same time.
const key = (name) => `${process.env.KEYS}:${name}`
const main = async () => {
  const client = createClient({ url: process.env.REDIS_URL })
  const subscriber = client.duplicate()
  for (const event of ['connect', 'ready', 'end', 'error']) subscriber.on(event, () => console.log('event', event))
  await Promise.all([client.connect(), subscriber.connect()])
  const messages = []
  const two = new Promise((resolve) => {
    const listener = function (message, channel) {
      if (messages.push(`${channel} ${message} ${arguments.length}`) === 2) resolve()
    }
    subscriber
      .subscribe(key('channel'), listener)
      .then(() => subscriber.pSubscribe(`${key('chan')}*`, listener))
      .then(() => client.publish(key('channel'), 'hello'))
  })
  await two
  console.log(messages.sort())
  await subscriber.unsubscribe(key('channel'))
  console.log(subscriber.listenerCount('error'), client.eventNames())
  await Promise.all([client.quit(), subscriber.quit()])
}
main()
