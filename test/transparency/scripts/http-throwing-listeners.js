'use strict'
const { serve, ask, show } = require('../kit.js')
process.on('uncaughtException', (error) => show('uncaught', error.message))
serve(
  (req, res) => {
    res.end('ok')
    throw new Error(`thrown for ${req.url}`)
  },
  async (_base, port) => {
    show((await ask(port, { path: '/a' })).text)
    show((await ask(port, { path: '/b' })).text)
  },
)
