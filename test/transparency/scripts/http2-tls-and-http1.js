'use strict'
const { show } = require('../kit.js')
const http2 = require('node:http2')
const https = require('node:https')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const at = (name) => readFileSync(join(__dirname, '..', '..', 'fixtures', name))
const server = http2.createSecureServer({ key: at('key.pem'), cert: at('cert.pem'), allowHTTP1: true }, (req, res) =>
  res.end(`${req.httpVersion} ${req.url}`),
)
server.listen(0, () => {
  const { port } = server.address()
  https.get({ port, host: '127.0.0.1', path: '/one', rejectUnauthorized: false, agent: false }, (res) =>
    res
      .setEncoding('utf8')
      .on('data', (text) => show(text))
      .on('end', () => {
        const client = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
        client
          .request({ ':path': '/two' })
          .setEncoding('utf8')
          .on('data', (text) => show(text))
          .on('end', () => (client.close(), server.close()))
      }),
  )
})
