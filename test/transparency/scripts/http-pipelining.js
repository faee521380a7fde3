'use strict'
const http = require('node:http')
const net = require('node:net')

const server = http.createServer((req, res) => {
  console.log(req.method, req.url, res.socket === null)
  res.sendDate = false
  if (req.url === '/slow') setTimeout(() => res.end('slow'), 20)
  else if (req.url === '/last') res.setHeader('Connection', 'close').end('last')
  else res.end(`quick ${req.httpVersion}`)
})
server.listen(0, () => {
  const socket = net.connect(server.address().port)
  const get = (path, version = '1.1') => `GET ${path} HTTP/${version}\r\nHost: a\r\n\r\n`
  socket.write(`${get('/slow')}${get('/a')}HEAD /b HTTP/1.1\r\nHost: a\r\n\r\n${get('/last')}${get('/never')}`)
  let text = ''
  socket
    .setEncoding('latin1')
    .on('data', (data) => (text += data))
    .on('close', () => {
      console.log(text)
      server.close()
    })
})
