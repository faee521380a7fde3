'use strict'
const { load, serve, ask, show } = require('../kit.js')
const express = load('express')
const { AsyncLocalStorage } = require('node:async_hooks')
const storage = new AsyncLocalStorage()
const app = express()
app.use((req, res, next) => storage.run(req.url, next))
app.use(express.json())
app.use(async (req, res, next) => (await null, next()))
app.all('/:id', async (req, res) => {
  const before = storage.getStore()
  await new Promise((resolve) => setTimeout(resolve, 2))
  res.json([before, storage.getStore()])
})
serve(app, async (_base, port) =>
  show(
    await Promise.all(
      ['/1', '/2', '/3'].map((path) =>
        ask(port, { path, method: 'POST', headers: { 'content-type': 'application/json' } }, '{}').then(
          ({ text }) => text,
        ),
      ),
    ),
  ),
)
