'use strict'
// What every launcher is to start, in JavaScript, in TypeScript and as a test: a request to itself. See test/launchers.
const http = require('node:http')
const express = require('express')

const app = express()
app.get('/launched/:by', (req, res) => res.end())
const server = app.listen(0, () => {
  const { port } = server.address()
  http.get({ port, path: '/launched/x', agent: false }, (res) => res.resume().on('close', () => server.close()))
})
