'use strict'
const { serve, ask, show } = require('../kit.js')
// Which side hears of it first is anybody's guess.
const seen = { client: [], server: [] }
serve(
  (req, res) => {
    res.on('close', () =>
      seen.server.push(['close', res.destroyed, res.writableFinished, res.errored?.message ?? null]),
    )
    req.on('close', () => seen.server.push(['request closed', req.destroyed]))
    res.write('part')
    setTimeout(() => res.destroy(new Error('mine')), 5)
  },
  async (_base, port) => {
    seen.client.push((await ask(port)).text)
    await new Promise((resolve) => setTimeout(resolve, 20))
    show(seen)
  },
)
