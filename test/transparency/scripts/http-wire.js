'use strict'
const http = require('node:http')
const net = require('node:net')

const server = http.createServer((req, res) => {
  res.sendDate = false
  if (req.url === '/304') res.writeHead(304)
  if (req.url === '/204') res.writeHead(204, 'Nothing', { 'X-A': 'b' })
  if (req.url === '/chunks') res.write('one')
  if (req.url === '/raw') res.writeHead(200, ['X-A', '1', 'x-a', '2'])
  res.end(req.method === 'POST' ? 'posted' : req.url)
})
const requests = [
  'GET /plain HTTP/1.1\r\nHost: a',
  'GET /old HTTP/1.0',
  'HEAD /head HTTP/1.1\r\nHost: a',
  'GET /304 HTTP/1.1\r\nHost: a',
  'GET /204 HTTP/1.1\r\nHost: a',
  'GET /chunks HTTP/1.1\r\nHost: a',
  'GET /raw HTTP/1.1\r\nHost: a',
  'OPTIONS * HTTP/1.1\r\nHost: a',
  'GET http://b/absolute HTTP/1.1\r\nHost: a',
  'POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 0',
  'GET /no-host HTTP/1.1',
  'NONSENSE',
  'GET / HTTP/1.1\r\nHost: a\r\nb3: \x7f-x',
]
server.listen(0, () => {
  const next = () => {
    const head = requests.shift()
    if (head === undefined) return server.close()
    const socket = net.connect(server.address().port)
    let text = ''
    socket.end(`${head}\r\nConnection: close\r\n\r\n`)
    socket
      .setEncoding('latin1')
      .on('data', (data) => (text += data))
      .on('close', () => {
        console.log(JSON.stringify(text.replace(/Date: .*\r\n/, '')))
        next()
      })
  }
  next()
})
