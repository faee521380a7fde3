'use strict'
const http = require('node:http')

process.on('exit', (code) => console.log('exit', code))
const server = http.createServer((_, res) => res.end('x'))
server.listen(0, async () => {
  const at = `http://127.0.0.1:${server.address().port}`
  await (await fetch(at)).text()
  server.close()
  server.closeAllConnections()
  void fetch('http://127.0.0.1:1/').then(() => console.log('never'))
})
