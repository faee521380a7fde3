'use strict'
// No spans: the request never was one.
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const app = express()
app.get('/hello/:name', (req, res) => {
  console.log(req.params.name, req.method, Object.keys(req).sort().join(), typeof res.send)
  res.end('over')
})
app.use((req, res, next) => {
  console.log('fallen through', req.url)
  next()
})
const res = { setHeader: (name, value) => console.log('header', name, value), end: (text) => console.log('end', text) }
app.handle({ method: 'GET', url: '/hello/world', headers: {} }, { ...res })
app({ method: 'GET', url: '/other', headers: {} }, { ...res }, (error) => console.log('done', error))
app.handle({ method: 'POST', url: '/hello/x', headers: {} }, { ...res }, (error) => console.log('done', error))
const router = express.Router()
router.use((req, res, next) => next('router'))
router.handle({ method: 'GET', url: '/', headers: {} }, {}, (error) => console.log('router done', error))
router({ url: '', method: 'GET' }, {}, (...args) => console.log('empty', args))
