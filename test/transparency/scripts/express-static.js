'use strict'
const { load, serve, ask, show, each } = require('../kit.js')
const express = load('express')
const { join } = require('node:path')
const app = express()
app.use('/files', express.static(join(__dirname, '..'), { index: false, etag: false, lastModified: false }))
app.get('/send', (req, res) =>
  res.sendFile(join(__dirname, '..', 'less-tracing.js'), { lastModified: false, etag: false }),
)
app.get('/missing', (req, res, next) =>
  res.sendFile('/nowhere/at/all', (error) => (show(error.code, error.status), res.status(404).end())),
)
serve(app, (_base, port) =>
  each(
    Object.fromEntries(
      ['/files/less-tracing.js', '/files/none', '/files/../../package.json', '/send', '/missing'].map((path) => [
        path,
        () => ask(port, { path }).then(({ status, headers, text }) => [status, headers['content-type'], text.length]),
      ]),
    ),
  ),
)
