'use strict'
const { serve, ask, show } = require('../kit.js')
const hooks = require('node:async_hooks')
const types = new Set()
const hook = hooks.createHook({ init: (_id, type) => types.add(type) }).enable()
serve(
  (req, res) => res.end(String(hooks.executionAsyncId() > 0)),
  async (_base, port) => {
    show((await ask(port)).text)
    hook.disable()
    show([...types].filter((type) => /HTTP|TCP/.test(type)).sort())
  },
)
