'use strict'
// No spans: the application as it looks.
const express = require(require.resolve('express', { paths: [process.cwd()] }))

const app = express()
const named = Object.assign(
  function named(req, res, next) {
    next()
  },
  { own: 1 },
)
const failed = (error, req, res, next) => next(error)
const router = express.Router()
router.get('/a/:b', named, async function last() {})
router.use(named)
app.use('/mount', router)
app.use(named, [named, failed])
app.get('/x', named)
app.post('/x', failed)
const stackOf = (layers, depth = 0) => {
  for (const layer of layers) {
    const known =
      layer.handle === named ? 'named' : layer.handle === failed ? 'failed' : layer.handle === router ? 'router' : ''
    console.log(
      ' '.repeat(depth),
      layer.name,
      layer.handle.name,
      layer.handle.length,
      known,
      layer.method,
      Object.keys(layer).join(),
    )
    if (layer.route) stackOf(layer.route.stack, depth + 2)
    if (layer.handle.stack) stackOf(layer.handle.stack, depth + 2)
  }
}
stackOf((Object.hasOwn(app, '_router') ? app._router : app.router).stack)
console.log(
  Object.keys(express),
  Object.keys(app),
  Object.keys(router),
  app.length,
  router.length,
  app.name,
  router.name,
)
for (const name of ['use', 'get', 'route', 'handle', 'listen', 'param', 'all'])
  console.log(name, app[name].length, app[name].name, router[name]?.length, router[name]?.name)
console.log(
  app.get('env') === undefined,
  app.get('nothing'),
  app.set('a', 1) === app,
  app.get('a'),
  named.own,
  Object.keys(named),
)
