'use strict'
const http = require('node:http')

process.on('exit', (code) => {
  console.log('exit', code, process.exitCode)
  process.exitCode = 9
})
const server = http.createServer((_, res) => {
  res.end('x', () => process.exit(3))
})
server.listen(0, () => http.get({ port: server.address().port }).on('error', () => undefined))
