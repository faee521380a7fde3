'use strict'
const { serve, ask, show } = require('../kit.js')
serve(
  (req, res) => {
    res.on('close', () => show('close', res.destroyed, res.writableFinished, res.errored?.message ?? null))
    req.on('close', () => show('request closed', req.destroyed))
    res.write('part')
    setTimeout(() => res.destroy(new Error('mine')), 5)
  },
  async (_base, port) => {
    show((await ask(port)).text)
    await new Promise((resolve) => setTimeout(resolve, 20))
  },
)
