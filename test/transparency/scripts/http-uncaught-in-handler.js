'use strict'
const http = require('node:http')

process.on('exit', (code) => console.log('exit', code))
const server = http.createServer((req) => {
  if (req.url === '/second') throw new RangeError('of the handler')
  throw Object.assign(new Error('caught'), { expected: true })
})
process.once('uncaughtException', (error, origin) => {
  console.log(error.message, error.expected, origin)
  http.get({ port: server.address().port, path: '/second' }).on('error', () => console.log('never'))
})
server.listen(0, () => http.get({ port: server.address().port, path: '/first' }).on('error', () => undefined))
