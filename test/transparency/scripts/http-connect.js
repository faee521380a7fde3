'use strict'
const http = require('node:http')

const server = http.createServer((_, res) => res.end('through the tunnel'))
server.on('connect', (req, socket, head) => {
  console.log('connect', req.url, req.method, head.toString())
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
  server.emit('connection', socket)
})
server.listen(0, () => {
  const req = http.request({ port: server.address().port, method: 'CONNECT', path: 'www.example:443' })
  req.end().on('connect', (res, socket) => {
    console.log(res.statusCode, res.headers)
    http.get({ createConnection: () => socket, path: '/inside', headers: { connection: 'close' } }, (answer) => {
      answer
        .setEncoding('utf8')
        .on('data', console.log)
        .on('end', () => server.close())
    })
  })
})
