'use strict'
const { show } = require('../kit.js')
const http2 = require('node:http2')
const server = http2.createServer()
server.on('stream', (stream) => stream.on('error', () => undefined).close(http2.constants.NGHTTP2_REFUSED_STREAM))
server.listen(0, () => {
  const client = http2.connect(`http://127.0.0.1:${server.address().port}`)
  const req = client.request({ ':path': '/' })
  req
    .on('error', (error) => show(error.code, error.message))
    .on('close', () => {
      show(req.rstCode, req.destroyed)
      client.close()
      server.close()
      const refused = http2.connect('http://127.0.0.1:1')
      refused.on('error', (error) => show(error.code))
    })
})
