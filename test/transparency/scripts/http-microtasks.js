'use strict'
const { serve, show } = require('../kit.js')
const http = require('node:http')
const order = []
serve(
  (req, res) => {
    order.push('handler')
    queueMicrotask(() => order.push('microtask'))
    process.nextTick(() => order.push('tick'))
    setImmediate(() => (order.push('immediate'), res.end('x')))
  },
  (_base, port) =>
    new Promise((resolve) => {
      const req = http.get({ port, host: '127.0.0.1', agent: false }, (res) => {
        order.push('response')
        Promise.resolve().then(() => order.push('after response'))
        res
          .on('data', () => order.push('data'))
          .on('end', () => (order.push('end'), queueMicrotask(() => order.push('after end'))))
          .on('close', () => (show(order), resolve()))
      })
      order.push('made')
      process.nextTick(() => order.push('tick after'))
      req.on('finish', () => order.push('finish'))
    }),
)
