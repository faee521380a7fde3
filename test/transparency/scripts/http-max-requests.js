'use strict'
const { serve, ask, show } = require('../kit.js')
const http = require('node:http')
serve(
  (req, res) => res.end(req.url),
  async (_base, port, server) => {
    server.maxRequestsPerSocket = 2
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 4; i++) {
      const { text, headers } = await ask(port, { path: `/${i}`, agent })
      show(text, headers.connection)
    }
    agent.destroy()
  },
)
