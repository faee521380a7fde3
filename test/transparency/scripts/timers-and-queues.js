'use strict'
const { show } = require('../kit.js')
// No spans: nothing is asked for. Which of timer and immediate comes first is anybody's guess.
const order = []
const { AsyncLocalStorage } = require('node:async_hooks')
const storage = new AsyncLocalStorage()
storage.run(1, () => {
  setTimeout(() => order.push(`timeout ${storage.getStore()}`), 5)
  setImmediate(() => order.push(`immediate ${storage.getStore()}`))
  process.nextTick(() => order.push(`tick ${storage.getStore()}`))
  Promise.resolve().then(() => order.push(`promise ${storage.getStore()}`))
})
setTimeout(
  () =>
    show(
      order.sort(),
      Object.keys(globalThis).length > 0,
      process.listenerCount('exit'),
      process.listenerCount('SIGTERM'),
    ),
  20,
)
