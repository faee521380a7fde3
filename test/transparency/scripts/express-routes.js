'use strict'
const http = require('node:http')
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const app = express()
const router = express.Router({ mergeParams: true })
router.param('id', (req, res, next, id, name) => {
  console.log('param', name, id, req.baseUrl)
  next()
})
router.get(
  '/items/:id',
  (req, res, next) => (req.params.id === '0' ? next('route') : next()),
  (req, res) => {
    res.json({ params: req.params, base: req.baseUrl, url: req.url, original: req.originalUrl, route: req.route.path })
  },
)
router.get('/items/:id', (req, res) => res.send('second route'))
router.use((req, res, next) => (req.query.leave ? next('router') : next()))
app.use('/shops/:shop', router)
app.all('/all', (req, res) => res.send(req.method))
app
  .route('/route')
  .get((req, res) => res.send('get'))
  .post((req, res) => res.send('post'))
app.get(/^\/re(g+)$/, (req, res) => res.send(req.params[0]))
app.get(['/one', '/two'], [(req, res, next) => next()], (req, res) => res.send(req.path))
app.use((req, res) => res.status(404).send(`nothing at ${req.url}`))
const server = app.listen(0, async () => {
  for (const [method, path] of [
    ['GET', '/shops/1/items/2?x=1'],
    ['GET', '/shops/1/items/0'],
    ['GET', '/shops/1/x?leave=1'],
    ['PUT', '/all'],
    ['HEAD', '/all'],
    ['POST', '/route'],
    ['OPTIONS', '/route'],
    ['GET', '/reggg'],
    ['GET', '/two'],
    ['GET', '/none'],
    ['GET', '/%zz'],
  ]) {
    await new Promise((resolve) => {
      const req = http.request(
        { port: server.address().port, method, path, headers: { connection: 'close' } },
        (res) => {
          let text = ''
          res.setEncoding('utf8').on('data', (data) => (text += data))
          res.on(
            'end',
            () => (console.log(method, path, res.statusCode, res.headers.allow, text.split('\n')[0]), resolve()),
          )
        },
      )
      req.end()
    })
  }
  server.close()
})
