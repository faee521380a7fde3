'use strict'
// An application that replaces the `emit` of all emitters hears of every event, of those too that nobody listens to.
const { EventEmitter } = require('node:events')
const http = require('node:http')

const heard = { IncomingMessage: {}, ServerResponse: {} }
const { emit } = EventEmitter.prototype
EventEmitter.prototype.emit = function (event) {
  const counts = heard[this.constructor.name]
  if (counts !== undefined) counts[event] = (counts[event] ?? 0) + 1
  return Reflect.apply(emit, this, arguments)
}

const server = http.createServer((req, res) => {
  console.log(res.emit('unheard'), req.emit('unheard'), res.emit('unheard', 1, 2))
  res.on('custom', (value) => console.log('custom', value))
  console.log(res.emit('custom', 1))
  try {
    res.emit('error', new Error('nobody listens'))
  } catch (error) {
    console.log(error.message)
  }
  res.end('hello')
})
server.listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < 2; i++) await (await fetch(`http://127.0.0.1:${server.address().port}/`)).text()
  server.close(() => console.log(heard))
  server.closeAllConnections()
})
