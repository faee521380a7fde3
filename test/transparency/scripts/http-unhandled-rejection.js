'use strict'
const http = require('node:http')

const server = http.createServer(async (req) => {
  await new Promise(setImmediate)
  console.log('rejecting')
  throw new TypeError(`rejected in ${req.url}`)
})
server.listen(0, () => http.get({ port: server.address().port, path: '/async' }).on('error', () => undefined))
