'use strict'
const { show } = require('../kit.js')
const http2 = require('node:http2')
const { promisify } = require('node:util')

const connect = promisify(http2.connect)
// Older Nodes leave an error to whoever listens, who here is nobody.
process.on('uncaughtException', ({ code }) => show('uncaught', code))

const server = http2.createServer((_, res) => res.end('answer'))
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const session = await connect(`http://127.0.0.1:${port}`, {})
  show(session.listenerCount('error'), session.listenerCount('connect'), session.eventNames().map(String))
  const stream = session.request({ ':path': '/' })
  for await (const chunk of stream) show(String(chunk))
  show(typeof connect, connect.length, connect.name, connect === http2.connect[promisify.custom])
  session.close()
  server.close(() => connect(`http://127.0.0.1:${port}`).catch(({ code }) => show('rejected', code)))
})
