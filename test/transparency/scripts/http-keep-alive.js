'use strict'
const http = require('node:http')

const sockets = new Set()
const server = http.createServer((req, res) => {
  sockets.add(req.socket)
  res.end(`${sockets.size} ${req.headers.connection}`)
})
server.on('connection', () => console.log('connection'))
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
agent.on('free', () => console.log('free'))
server.listen(0, () => {
  const { port } = server.address()
  const get = () =>
    new Promise((resolve) => {
      const req = http.get({ port, agent }, (res) => {
        res
          .setEncoding('utf8')
          .on('data', (text) => console.log(text, req.reusedSocket, req.socket.listenerCount('error')))
        res.on('end', () => console.log('end', res.socket))
      })
      req.on('close', resolve)
    })
  Promise.all([get(), get(), get()])
    .then(() => new Promise(setImmediate))
    .then(get)
    .then(() => {
      const [[name, free]] = Object.entries(agent.freeSockets)
      console.log(name.replace(/\d+/, 'port'), free.length, Object.keys(agent.requests).length)
      agent.destroy()
      server.close()
    })
})
