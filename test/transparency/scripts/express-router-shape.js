'use strict'
const { load, serve, ask, show } = require('../kit.js')
const express = load('express')
const router = express.Router()
function named(req, res, next) {
  next()
}
router.use('/a', named, express.Router())
router.get('/b/:c', named, (req, res) => res.end())
router.route('/d').all(named).post(named)
show(
  router.stack.map(({ name, handle, route, method }) => [
    name,
    handle.length,
    handle === named,
    route?.path,
    method ?? null,
    route?.stack.map(({ name, method }) => [name, method ?? null]),
  ]),
)
show(
  Object.keys(router).sort(),
  router.length,
  router.name,
  typeof router.handle,
  router.use.length,
  router.use.name,
  express.Router.length,
)
const app = express()
show(app.use(router) === app, app.route('/x').path, Object.keys(app).includes('emit'))
serve(app, (_base, port) => ask(port, { path: '/b/1' }).then(({ status }) => show(status)))
