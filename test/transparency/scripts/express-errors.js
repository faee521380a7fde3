'use strict'
const http = require('node:http')
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const app = express()
app.disable('x-powered-by')
app.get('/throw', () => {
  throw Object.assign(new Error('thrown'), { status: 418 })
})
app.get('/next', (req, res, next) => next(new TypeError('passed on')))
app.get('/string', (req, res, next) => next('a string'))
app.get('/late', (req, res, next) => {
  res.write('started')
  next(new Error('late'))
})
app.get(
  '/recovered',
  (req, res, next) => next(new Error('first')),
  (error, req, res, next) => (console.log('handler', error.message), next()),
  (req, res) => res.send('recovered'),
)
app.use((error, req, res, next) => {
  console.log('first', error.message ?? error, error === app.locals.last, arguments.length)
  app.locals.last = error
  next(error)
})
app.use('/next', (error, req, res, _next) => res.status(500).send(error.name))
app.use((error, req, res, next) => {
  if (typeof error === 'string' || res.headersSent) return next(error)
  res.status(error.status).send(error.message)
})
app.set('env', 'test')
const server = app.listen(0, async () => {
  for (const path of ['/throw', '/next', '/string', '/late', '/recovered']) {
    await new Promise((resolve) => {
      const req = http.get({ port: server.address().port, path, agent: false }, (res) => {
        let text = ''
        res
          .setEncoding('utf8')
          .on('data', (data) => (text += data))
          .on('error', (error) => console.log(error.code))
        res.on('close', () => (console.log(path, res.statusCode, res.complete, text.replace(/<br>.*/s, '')), resolve()))
      })
      req.on('error', (error) => console.log('client', error.code))
    })
  }
  server.close()
})
