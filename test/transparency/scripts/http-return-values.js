'use strict'
const { serve, ask, show } = require('../kit.js')
serve(
  (req, res) => {
    show(
      res.setHeader('a', '1') === res,
      res.writeHead(200) === res,
      res.write('x'),
      res.cork(),
      res.uncork(),
      res.flushHeaders(),
      res.setTimeout(1000) === res,
    )
    show(req.setTimeout(1000) === req, req.on('x', () => undefined) === req, res.emit('nothing'), res.emit('x', 1))
    show(res.end() === res)
  },
  async (_base, port, server) => {
    await ask(port)
    show(
      server.emit('nothing'),
      server.setTimeout(0) === server,
      server.on('x', () => undefined) === server,
      server.emit('x'),
    )
  },
)
