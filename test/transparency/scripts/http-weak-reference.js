'use strict'
const { serve, ask, show } = require('../kit.js')
const seen = new WeakSet()
const registry = new Map()
serve(
  (req, res) => {
    seen.add(req).add(res)
    registry.set(req, res)
    show(seen.has(req), registry.get(req) === res, res.req === req, structuredClone({ url: req.url }))
    res.end(JSON.stringify(Object.keys(req).includes('span')))
  },
  async (_base, port) => show((await ask(port)).text, registry.size),
)
