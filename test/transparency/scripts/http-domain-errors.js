'use strict'
const { serve, ask, show } = require('../kit.js')
const domain = require('node:domain')
serve(
  (req, res) => {
    const own = domain.create()
    own.on('error', (error) => (show('caught', error.message), res.writeHead(500).end('failed')))
    own.add(req)
    own.add(res)
    own.run(() =>
      setTimeout(() => {
        throw new Error(`in ${req.url}`)
      }, 1),
    )
  },
  async (_base, port) => show((await ask(port, { path: '/a' })).status, process.domain ?? null),
)
