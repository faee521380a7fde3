'use strict'
const http = require('node:http')
const { AsyncLocalStorage } = require('node:async_hooks')
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const als = new AsyncLocalStorage()
const app = express()
app.use((req, res, next) => als.run(req.url, next))
app.use(express.json({ limit: 50 }), express.urlencoded({ extended: false }), express.text())
app.post('/echo', (req, res) => res.send({ body: req.body, store: als.getStore(), type: req.get('Content-Type') }))
app.post('/stream', (req, res) => {
  res.type('txt')
  res.setHeader('X-Order', '1')
  req.pipe(res)
})
app.use((error, req, res, _next) =>
  res.status(error.status).send({ type: error.type, store: als.getStore() ?? 'none' }),
)
const server = app.listen(0, async () => {
  for (const [path, type, body] of [
    ['/echo', 'application/json', '{"a":1}'],
    ['/echo', 'application/json', '{bad'],
    ['/echo', 'application/json', `"${'x'.repeat(60)}"`],
    ['/echo', 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['/echo', 'text/plain', 'text'],
    ['/stream', 'x/y', 'streamed'],
  ]) {
    await new Promise((resolve) => {
      const headers = { 'Content-Type': type, Connection: 'close' }
      const req = http.request({ port: server.address().port, method: 'POST', path, headers }, (res) => {
        const names = res.rawHeaders.filter((_, i) => i % 2 === 0)
        res
          .setEncoding('utf8')
          .on('data', (text) => console.log(res.statusCode, names.join(), text))
          .on('end', resolve)
      })
      req.flushHeaders()
      setTimeout(() => req.end(body), 10)
    })
  }
  server.close()
})
