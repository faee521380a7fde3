'use strict'
const http = require('node:http')

const server = http.createServer((req, res) => {
  res.writeProcessing()
  req.setEncoding('utf8').on('data', (text) => res.end(`${req.url} ${req.headers.expect} ${text}`))
})
const agent = new http.Agent()
server.listen(0, async () => {
  const call = (path, expect, asArray) =>
    new Promise((resolve) => {
      const { port } = server.address()
      const pairs = { Host: 'a', Expect: expect, 'Content-Length': 4 }
      const headers = asArray ? Object.entries(pairs).flat() : pairs
      const req = http.request({ port, path, method: 'POST', headers, agent })
      console.log(path, req.headersSent)
      req.on('continue', () => console.log('continue'))
      req.on('information', ({ statusCode, headers: own }) => console.log('information', statusCode, own))
      req.on('response', (res) => {
        console.log(res.statusCode)
        res.setEncoding('utf8').on('data', console.log).on('end', resolve)
      })
      if (expect === '100-continue') req.on('continue', () => req.end('body'))
      else req.end('body')
    })
  await call('/default', '100-continue')
  await call('/array', '100-continue', true)
  await call('/unknown', 'other')
  server.on('checkContinue', (req, res) => {
    console.log('checkContinue', req.url)
    res.writeContinue()
    console.log(server.emit('request', req, res))
  })
  server.on('checkExpectation', (req, res) => res.writeHead(417).end('no'))
  await call('/checked', '100-continue')
  await call('/checked-unknown', 'other')
  server.close()
})
