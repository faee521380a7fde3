'use strict'
const https = require('node:https')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const fixture = (name) => readFileSync(join(__dirname, '..', '..', 'fixtures', name))
const ca = fixture('cert.pem')
const server = https.createServer({ key: fixture('key.pem'), cert: ca }, (req, res) => {
  console.log(req.socket.encrypted, req.url, server.listenerCount('request'), req.listenerCount('end'))
  res.end('secret')
})
server.on('tlsClientError', (error) => console.log('tlsClientError', typeof error.code))
server.listen(0, () => {
  const url = `https://localhost:${server.address().port}/path`
  https.get(url, { ca }, (res) => {
    console.log(res.statusCode, res.socket.authorized)
    res
      .setEncoding('utf8')
      .on('data', console.log)
      .on('end', () => {
        https.get(url, { agent: false }).on('error', (error) => {
          console.log(error.code, error.message)
          server.close()
        })
      })
  })
})
