'use strict'
const http = require('node:http')
const { lessTracing } = require('../less-tracing.js')

const server = http.createServer((req, res) => {
  req.resume().on('end', () => {
    console.log(lessTracing(req.rawHeaders).slice(0, 2), req.rawTrailers, req.trailers)
    res.writeHead(200, { Trailer: 'X-Sum' })
    res.write('body')
    res.addTrailers({ 'X-Sum': '42' })
    res.end()
  })
})
server.listen(0, () => {
  const req = http.request({ port: server.address().port, method: 'POST', headers: { Trailer: 'X-Req' } }, (res) => {
    res.resume().on('end', () => (console.log(res.trailers, res.rawTrailers), server.close()))
  })
  req.write('some')
  req.addTrailers([['X-Req', '1']])
  req.end()
  const bad = http.request({ port: 1, headers: { Trailer: 'X' }, method: 'POST' }).on('error', () => undefined)
  try {
    bad.setHeader('Content-Length', 1)
    bad.end('x')
  } catch (error) {
    console.log(error.code)
  }
})
