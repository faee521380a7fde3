'use strict'
const http = require('node:http')

const server = http.createServer((req, res) => {
  res.setHeader('X-A', '1')
  console.log(res.getHeaders(), res.getHeaderNames(), res.headersSent)
  res.end()
  console.log(res.getHeaders(), res.headersSent)
})
server.listen(0, '127.0.0.1', () => {
  const req = http.request({ port: server.address().port, headers: { 'X-One': 1, Host: 'h' } })
  const show = (when) =>
    console.log(
      when,
      req.getHeaders(),
      req.getHeaderNames(),
      req.getRawHeaderNames(),
      req.hasHeader('traceparent'),
      req.headersSent,
    )
  show('made')
  req.setHeader('X-Two', ['a', 'b'])
  req.removeHeader('X-One')
  show('changed')
  req.flushHeaders()
  show('flushed')
  try {
    req.setHeader('X-Late', '1')
  } catch (error) {
    console.log(error.code, error.message)
  }
  req.end()
  show('ended')
  req.on('close', () => {
    show('closed')
    server.close()
  })
})
