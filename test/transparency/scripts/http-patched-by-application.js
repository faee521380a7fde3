'use strict'
const http = require('node:http')
const { EventEmitter } = require('node:events')

// What mocking libraries do: replace, call the original, restore.
const { get, request } = http
http.request = function (...args) {
  console.log('request', args.length)
  return request.apply(this, args)
}
http.get = (...args) => {
  console.log('get', args.length)
  return get(...args)
}
const { emit } = EventEmitter.prototype
const seen = new Set()
EventEmitter.prototype.emit = function (event, ...args) {
  if (this instanceof http.Server || this instanceof http.ClientRequest || this instanceof http.ServerResponse) {
    seen.add(`${this.constructor.name} ${String(event)}`)
  }
  return emit.call(this, event, ...args)
}
const server = http.createServer((_, res) => res.end('x'))
server.listen(0, () => {
  const { port } = server.address()
  http.get({ port }, (res) => {
    res.resume().on('end', () => {
      http
        .request({ port })
        .end()
        .on('close', () => {
          server.close()
          Object.assign(http, { get, request })
          console.log(http.get === get, [...seen].sort().join('; '))
        })
        .on('response', (last) => last.resume())
    })
  })
})
