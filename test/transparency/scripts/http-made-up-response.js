'use strict'
const http = require('node:http')
const { Writable } = require('node:stream')

const server = http.createServer((req, res) => {
  res.on('finish', () => console.log('finish', res.writableFinished)).on('close', () => console.log('close'))
  res.setHeader('X-Url', req.url)
  res.end('body')
})
const req = new http.IncomingMessage(null)
Object.assign(req, { method: 'GET', url: '/made-up', headers: { host: 'x' } })
const res = new http.ServerResponse(req)
res.sendDate = false
let text = ''
res.assignSocket(new Writable({ write: (chunk, _, done) => ((text += chunk), done()) }))
console.log(server.emit('request', req, res))
setImmediate(() => console.log(JSON.stringify(text)))
