'use strict'
const http = require('node:http')

const server = http.createServer((_, res) => res.end('x'))
let calls = 0
process.on('SIGTERM', (name, number) => {
  console.log(name, number, ++calls)
  server.close(() => {
    console.log('closed')
    process.exitCode = 4
  })
  server.closeAllConnections()
})
server.listen(0, () => {
  http.get({ port: server.address().port }, (res) => res.resume().on('end', () => process.kill(process.pid, 'SIGTERM')))
})
