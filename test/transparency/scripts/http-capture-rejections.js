'use strict'
const { serve, ask, show } = require('../kit.js')
const events = require('node:events')
events.captureRejections = true
process.on('uncaughtException', (error) => show('uncaught', error.message))
serve(
  async (req, res) => {
    res.on('error', (error) => show('error', error.message))
    await null
    throw new Error(`rejected ${req.url}`)
  },
  async (_base, port) => show((await ask(port, { path: '/x' })).status),
)
