'use strict'
const { serve, ask, show } = require('../kit.js')
serve(
  (req, res) => res.end('first'),
  async (_base, port, server) => {
    server.once('request', (req) => show('once', req.url))
    server.prependListener('request', (req) => show('prepended', req.url))
    await ask(port, { path: '/1' })
    await ask(port, { path: '/2' })
    show(server.listenerCount('request'), server.eventNames().map(String), server.rawListeners('request').length)
    server.removeAllListeners('request')
    server.on('request', (req, res) => res.end('other'))
    show((await ask(port)).text)
  },
)
