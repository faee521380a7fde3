'use strict'
const http = require('node:http')

console.log(
  ['SIGTERM', 'SIGINT', 'exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'warning'].map((name) =>
    process.listenerCount(name),
  ),
)
const server = http.createServer((_, res) => res.end())
console.log(process.eventNames().filter((name) => /SIG|exit/i.test(String(name))))
server.listen(0, () => {
  http.get({ port: server.address().port }, (res) => res.resume().on('end', () => process.kill(process.pid, 'SIGTERM')))
})
