'use strict'
const http = require('node:http')
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const app = express()
app.get('/', (req, res) => {
  setTimeout(() => {
    console.log('throwing', res.headersSent)
    throw new SyntaxError('in a timer of a handler')
  }, 5)
})
const server = app.listen(0, () => http.get({ port: server.address().port }).on('error', () => undefined))
