'use strict'
const http = require('node:http')
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const app = express()
const admin = express()
admin.on('mount', (parent) => console.log('mounted', parent === app, admin.mountpath, admin.path()))
admin.get('/users/:id', function (req, res) {
  console.log(req.app === admin, req.baseUrl, req.url, req.originalUrl, this === undefined || this === globalThis)
  res.locals.seen = true
  res.send(`${req.hostname} ${req.protocol} ${req.ip === req.socket.remoteAddress} ${req.fresh} ${req.xhr}`)
})
app.use((req, res, next) => {
  res.on('finish', () => console.log('finish', req.app === app, req.route?.path, res.statusCode))
  req.url = req.url.replace('/old/', '/admin/')
  next()
})
app.use(['/admin', '/manage'], admin)
const server = http.createServer(app)
server.listen(0, async () => {
  for (const path of ['/admin/users/1', '/manage/users/2', '/old/users/3', '/admin/none']) {
    await new Promise((resolve) => {
      http.get({ port: server.address().port, path, headers: { Host: 'example', connection: 'close' } }, (res) => {
        let text = ''
        res.setEncoding('utf8').on('data', (data) => (text += data))
        res.on(
          'end',
          () => (
            console.log(
              res.statusCode,
              res.headers['x-powered-by'],
              text.length < 99 ? text : text.match(/<pre>.*/)[0],
            ),
            resolve()
          ),
        )
      })
    })
  }
  server.close()
})
