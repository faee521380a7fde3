'use strict'
const http = require('node:http')
const channels = require('node:diagnostics_channel')

const names = [
  'http.client.request.start',
  'http.client.response.finish',
  'http.client.request.error',
  'http.server.request.start',
  'http.server.response.finish',
]
console.log(names.map((name) => channels.hasSubscribers(name)))
for (const name of names)
  channels.subscribe(name, (message, given) => console.log(given === name, name, Object.keys(message).join()))
const server = http.createServer((_, res) => res.end('x'))
server.listen(0, () => {
  http.get({ port: server.address().port, agent: false }, (res) => {
    res.resume().on('end', () => server.close())
  })
})
