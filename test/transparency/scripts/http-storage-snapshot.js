'use strict'
const { serve, ask, show } = require('../kit.js')
const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks')
const storage = new AsyncLocalStorage()
const other = new AsyncLocalStorage()
serve(
  (req, res) => {
    storage.run(req.url, () => {
      const bound = AsyncResource.bind(() => storage.getStore())
      other.enterWith('entered')
      setTimeout(() => {
        storage.exit(() => show('exited', storage.getStore() ?? 'none'))
        show(storage.getStore(), other.getStore(), bound())
        res.on('finish', () => show('finish', storage.getStore() ?? 'none')).end()
      }, 1)
    })
  },
  async (_base, port) => {
    for (const path of ['/1', '/2'])
      await storage.run('client', () => ask(port, { path }).then(() => show(storage.getStore())))
  },
)
