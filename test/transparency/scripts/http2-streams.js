'use strict'
const { show } = require('../kit.js')
// No spans are made of http2, so far.
const http2 = require('node:http2')
const server = http2.createServer()
server.on('stream', (stream, headers) => {
  stream.respond({ ':status': 200, 'x-path': headers[':path'] })
  stream.end('body')
})
server.listen(0, () => {
  const client = http2.connect(`http://127.0.0.1:${server.address().port}`)
  const req = client.request({ ':path': '/a', 'x-own': '1' })
  req.on('response', (headers) => show(headers[':status'], headers['x-path'], Object.keys(headers).sort()))
  req
    .setEncoding('utf8')
    .on('data', (text) => show(text))
    .on('close', () => (client.close(), server.close()))
})
