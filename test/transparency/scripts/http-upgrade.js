'use strict'
const http = require('node:http')

const server = http.createServer((req, res) => res.end(`plain ${req.headers.upgrade}`))
const upgrade = (req, socket, head) => {
  console.log('server', req.url, req.headers.upgrade, head.length, socket === req.socket, socket.listenerCount('data'))
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
  socket.on('data', (data) => socket.end(`echo ${data}`))
}
server.listen(0, () => {
  const open = (path) =>
    http.get({ port: server.address().port, path, headers: { Connection: 'Upgrade', Upgrade: 'echo' } })
  open('/ignored').on('response', (res) => {
    res.setEncoding('utf8').on('data', console.log)
    res.on('end', () => {
      server.on('upgrade', upgrade)
      const req = open('/up')
      req.on('close', () => console.log('request closed'))
      req.on('upgrade', (res, socket, head) => {
        console.log('client', res.statusCode, head.length, socket.listenerCount('data'), socket.listenerCount('close'))
        socket.write('hello')
        socket
          .setEncoding('utf8')
          .on('data', console.log)
          .on('end', () => {
            open('/unheard')
              .on('error', (error) => console.log(error.code))
              .on('close', () => server.close(() => console.log('end')))
          })
      })
    })
  })
})
