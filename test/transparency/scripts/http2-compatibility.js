'use strict'
const { show } = require('../kit.js')
const http2 = require('node:http2')
const server = http2.createServer((req, res) => {
  show(req.httpVersion, req.method, req.url, req.headers['x-own'], req.constructor.name, res.constructor.name)
  res.setHeader('x-a', '1')
  res.writeHead(201)
  res.end(`body ${res.headersSent}`)
})
server.listen(0, async () => {
  const client = http2.connect(`http://127.0.0.1:${server.address().port}`)
  for (const path of ['/1', '/2']) {
    await new Promise((resolve) => {
      let text = ''
      const req = client.request({ ':path': path, ':method': 'POST', 'x-own': '1' })
      req.on('response', (headers) => show(headers[':status'], headers['x-a']))
      req
        .setEncoding('utf8')
        .on('data', (data) => (text += data))
        .on('end', () => (show(text), resolve()))
        .end('x')
    })
  }
  client.close(() => server.close())
})
