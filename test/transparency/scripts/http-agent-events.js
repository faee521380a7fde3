'use strict'
const { serve, ask, show } = require('../kit.js')
const http = require('node:http')
serve(
  (req, res) => res.end('x'),
  async (_base, port) => {
    const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 1 })
    agent.on('free', (socket, options) => show('free', typeof socket.write, options.path ?? null))
    await Promise.all([ask(port, { agent }), ask(port, { agent })])
    await new Promise(setImmediate)
    show(
      Object.values(agent.freeSockets).map((all) => all.length),
      agent.getName({ host: 'a', port: 1 }),
    )
    agent.destroy()
  },
)
