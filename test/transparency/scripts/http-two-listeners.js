'use strict'
const http = require('node:http')

const inner = http.createServer((req, res) => res.end(`inner ${req.url}`))
const server = http.createServer()
server.on('request', (req) => console.log('first', req.url))
server.prependListener('request', (req) => console.log('before', req.url))
server.once('request', () => console.log('once'))
server.on('request', (req, res) => console.log('emitted', inner.emit('request', req, res)))
server.listen(0, () => {
  const get = (path, next) =>
    http.get({ port: server.address().port, path }, (res) => {
      res.setEncoding('utf8').on('data', console.log).on('end', next)
    })
  get('/1', () => get('/2', () => server.close(() => console.log('closed', server.listenerCount('request')))))
})
