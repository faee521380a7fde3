'use strict'
const { serve, ask, show } = require('../kit.js')
serve(
  (req, res) => res.end(String(req.rawHeaders.length > 4)),
  async (_base, port, server) => {
    server.maxHeadersCount = 5
    const headers = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x-${i}`, '1']))
    show((await ask(port, { headers })).text)
    show((await ask(port, { headers: { 'x-large': 'x'.repeat(20_000) } })).status)
  },
)
