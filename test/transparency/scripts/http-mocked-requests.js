'use strict'
const http = require('node:http')
const https = require('node:https')
const { request } = http

// A mock that stays: whoever calls it is written down, and nobody but this program has a reason to.
const calls = []
const mock = (name) => (options) => {
  calls.push(`${name} ${options.method ?? 'GET'} ${options.path}`)
  return request({ port: options.port, path: options.path, host: options.host })
}
http.request = http.get = mock('http')
https.request = https.get = mock('https')
http.ClientRequest = class extends http.ClientRequest {
  constructor(options, ...rest) {
    calls.push(`ClientRequest ${options.path}`)
    super(options, ...rest)
  }
}

const server = http.createServer((_, res) => res.end('x'))
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  http
    .get({ host: '127.0.0.1', port, path: '/mocked' })
    .on('response', (res) => res.resume().on('end', () => setTimeout(finish, 300)))
    .end()
})

// By now spans have been sent.
function finish() {
  server.close()
  console.log(calls.join('; '))
}
