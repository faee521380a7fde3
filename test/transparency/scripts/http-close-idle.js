'use strict'
const { serve, ask, show } = require('../kit.js')
const { once } = require('node:events')
const http = require('node:http')
serve(
  (req, res) => res.end('x'),
  async (_base, port, server) => {
    const agent = new http.Agent({ keepAlive: true })
    const freed = once(agent, 'free')
    await ask(port, { agent })
    const [socket] = await freed
    const closed = once(socket, 'close')
    server.closeIdleConnections()
    await closed
    show((await ask(port, { agent })).text, server.listening)
    agent.destroy()
  },
)
