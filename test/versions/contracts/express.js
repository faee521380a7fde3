'use strict'
/** Express: routes, mounted routers, middleware, errors, handlers by promise and by callback. */
exports.namesRequests = true

exports.start = async (library) => {
  const express = library.whole
  const app = express()
  // Its page for errors shows where they came from.
  app.set('env', 'production')
  app.use((req, res, next) => setImmediate(next))
  app.get('/users/:id', (req, res) => res.send(`user ${req.params.id}`))
  app.get('/late', async (req, res) => {
    await new Promise(setImmediate)
    res.json({ late: true })
  })
  app.get('/error', (req, res, next) => setImmediate(next, new Error('refused')))
  app.get('/thrown', () => {
    throw new Error('thrown')
  })
  const router = express.Router()
  router.get('/items/:item', (req, res) => res.send(req.params.item))
  app.use('/shops/:shop', router)
  app.get(
    '/two',
    (req, res, next) => next(),
    (req, res) => res.send('two'),
  )
  app.use((error, req, res, next) => {
    if (error.message === 'thrown') next(error)
    else res.status(503).send(error.message)
  })
  return { app, paths: ['users/7', 'late', 'error', 'thrown', 'shops/1/items/2', 'two', 'nowhere'] }
}

exports.expected = () => ({
  'users/7': ['GET /users/:id', '  handler /users/:id'],
  late: ['GET /late', '  handler /late'],
  error: ['GET /error !', '  handler /error !'],
  thrown: ['GET /thrown !', '  handler /thrown !'],
  'shops/1/items/2': ['GET /shops/:shop/items/:item', '  handler /shops/:shop/items/:item'],
  two: ['GET /two', '  handler /two', '  handler /two'],
  nowhere: ['GET'],
})
