'use strict'
const { serve, ask, show } = require('../kit.js')
const http = require('node:http')
serve(
  (req, res) => res.end('x'),
  async (_base, port, server) => {
    const agent = new http.Agent({ keepAlive: true })
    await ask(port, { agent })
    server.closeIdleConnections()
    await new Promise((resolve) => setTimeout(resolve, 20))
    show((await ask(port, { agent })).text, server.listening)
    agent.destroy()
  },
)
