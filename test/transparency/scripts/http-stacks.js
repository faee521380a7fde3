'use strict'
// The first frame of an error's stack is the application's where the application throws, with tracing as without.
const express = require('express')
const http = require('node:http')

const firstFrame = (error) => {
  const [first] = error.stack.split('\n').filter((line) => /^\s+at /.test(line))
  return first
    .replace(/^\s+at /, '')
    .replace(/\(.*[\\/]/, '(')
    .replace(/^.*[\\/]/, '')
}
const note = (where) => console.log(where, firstFrame(new Error('here')))

const app = express()
app.use(function middleware(req, res, next) {
  note('middleware')
  next()
})
app.get('/x', function handler(req, res) {
  note('handler')
  res.on('finish', function onFinish() {
    note('finish')
  })
  throw new Error('thrown')
})
app.use(function onError(error, req, res, next) {
  console.log('error', firstFrame(error))
  res.status(500).end()
})
const server = http.createServer(function onRequest(req, res) {
  note('request')
  app(req, res)
})
server.listen(0, function onListening() {
  note('listening')
  const { port } = server.address()
  const request = http.get({ port, path: '/x', agent: false }, function onResponse(res) {
    note('response')
    res.resume().on('close', function onClose() {
      note('close')
      server.close()
    })
  })
  request.on('socket', function onSocket() {
    note('socket')
  })
  try {
    http.get({ port, path: 'a b' })
  } catch (error) {
    console.log(error.code, error.message, firstFrame(error).replace(/^new (NodeError|TypeError).*$/, 'node'))
  }
})
