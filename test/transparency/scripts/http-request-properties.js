'use strict'
const { serve, show } = require('../kit.js')
const http = require('node:http')
serve(
  (req, res) => res.end('x'),
  (_base, port) =>
    new Promise((resolve) => {
      const req = http.request({ port, host: '127.0.0.1', path: '/p?q', headers: { 'X-A': '1' }, agent: false })
      const {
        method,
        path,
        host,
        protocol,
        aborted,
        destroyed,
        finished,
        writableEnded,
        reusedSocket,
        maxHeadersCount,
      } = req
      show(method, path, host, protocol, aborted, destroyed, finished, writableEnded, reusedSocket, maxHeadersCount)
      req.setHeader('x-b', ['1', '2'])
      show(req.getHeaders(), req.getRawHeaderNames?.(), req.hasHeader('x-a'))
      req.on('response', (res) => {
        const { statusCode, statusMessage, httpVersion, complete, aborted, headersDistinct } = res
        show(statusCode, statusMessage, httpVersion, complete, aborted, Object.keys(headersDistinct ?? {}).length > 0)
        res.on('close', () => (show(res.complete, req.writableFinished, req.destroyed), resolve())).resume()
      })
      req.end()
    }),
)
