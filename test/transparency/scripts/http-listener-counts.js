'use strict'
const http = require('node:http')

const counts = (label, emitter) => {
  const names = emitter.eventNames().map((name) => `${String(name)}=${emitter.listenerCount(name)}`)
  console.log(label, names.sort().join(' '), emitter.getMaxListeners())
}
const server = http.createServer((req, res) => {
  counts('server', server)
  counts('request', req)
  counts('response', res)
  counts('socket', req.socket)
  res.end('x')
  counts('response ended', res)
  res.on('close', () => counts('response closed', res))
})
server.listen(0, () => {
  const req = http.get({ port: server.address().port, agent: false })
  counts('client', req)
  req.on('socket', (socket) => counts('client socket', socket))
  req.on('response', (res) => {
    counts('answer', res)
    counts('client answered', req)
    counts('client socket answered', req.socket)
    res.resume().on('end', () => server.close())
  })
})
