'use strict'
// No spans: the module as it looks.
const http2 = require('node:http2')
const { promisify } = require('node:util')

console.log(Object.keys(http2))
for (const name of ['connect', 'createServer', 'createSecureServer', 'getDefaultSettings']) {
  const { value, ...flags } = Object.getOwnPropertyDescriptor(http2, name)
  console.log(name, value.name, value.length, flags, Object.keys(value), promisify.custom in value)
}
console.log(typeof promisify(http2.connect), promisify(http2.connect).length)
for (const server of [http2.createServer(), http2.createSecureServer()]) {
  console.log(server.constructor.name, Object.keys(server.constructor.prototype), server.emit.length, server.emit.name)
  console.log(server.listenerCount('stream'), server.listenerCount('request'), server.eventNames())
}
for (const call of [() => http2.connect('nonsense'), () => http2.connect(), () => http2.createServer('nonsense')]) {
  try {
    call()
  } catch ({ name, code, message }) {
    console.log(name, code, message)
  }
}
