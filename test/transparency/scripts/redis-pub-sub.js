'use strict'
const { createClient } = require(require.resolve('redis', { paths: [process.cwd()] }))

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
      .subscribe('transparency', listener)
      .then(() => subscriber.pSubscribe('transp*', listener))
      .then(() => client.publish('transparency', 'hello'))
  })
  await two
  console.log(messages.sort())
  await subscriber.unsubscribe('transparency')
  console.log(subscriber.listenerCount('error'), client.eventNames())
  await Promise.all([client.quit(), subscriber.quit()])
}
main()
