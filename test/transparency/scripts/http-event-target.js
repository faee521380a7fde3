'use strict'
const { serve, show } = require('../kit.js')
const { once, on } = require('node:events')
const http = require('node:http')
serve(
  (req, res) => res.end('body'),
  async (_base, port) => {
    const req = http.get({ port, host: '127.0.0.1', agent: false })
    const [res] = await once(req, 'response')
    const chunks = []
    res.on('end', () => undefined)
    for await (const [chunk] of on(res, 'data', { close: ['end'] })) {
      chunks.push(String(chunk))
      break
    }
    show(chunks, req.listenerCount('response'), res.listenerCount('end'))
  },
)
