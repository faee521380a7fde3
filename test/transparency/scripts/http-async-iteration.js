'use strict'
const { serve, ask, show } = require('../kit.js')
serve(
  async (req, res) => {
    let size = 0
    for await (const chunk of req) size += chunk.length
    const { pipeline } = require('node:stream/promises')
    await pipeline(require('node:stream').Readable.from(['size ', String(size)]), res)
    show('piped', res.writableFinished)
  },
  async (_base, port) => show((await ask(port, { method: 'POST' }, 'x'.repeat(200_000))).text),
)
