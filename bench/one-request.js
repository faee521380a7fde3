'use strict'

// A job that serves one request and has nothing more to do.

const { createRequire } = require('node:module')
const path = require('node:path')

const library = createRequire(path.join(__dirname, '../test/libraries/current/package.json'))
const app = library('express')()
const http = require('node:http')

app.get('/', (_req, res) => res.end('an answer'))
const server = app.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (res) => {
    res.resume().on('end', () => server.close(() => process.stdout.write('done\n')))
  })
})
