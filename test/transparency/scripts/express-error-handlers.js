'use strict'
const { load, serve, ask, show, each } = require('../kit.js')
const express = load('express')
const app = express()
app.get('/throw', () => {
  throw Object.assign(new TypeError('thrown'), { status: 422, own: 1 })
})
app.get('/next', (req, res, next) => next('text'))
app.get('/falsy', (req, res, next) => next(0))
app.get('/sent', (req, res, next) => (res.write('partial'), next(new Error('late'))))
app.get(
  '/recovered',
  (req, res, next) => next(new Error('first')),
  (error, req, res, next) => next(),
  (req, res) => res.send('recovered'),
)
app.use(
  (error, req, res, next) => (
    show('one', error.message ?? error, error.own ?? null, Object.keys(error ?? {})),
    next(error)
  ),
)
app.use(function handler(error, req, res, next) {
  if (res.headersSent) return next(error)
  res.status(error.status ?? 500).send(String(error.message ?? error))
})
app.set('env', 'test')
serve(app, (_base, port) =>
  each(
    Object.fromEntries(
      ['throw', 'next', 'falsy', 'sent', 'recovered', 'none'].map((path) => [
        path,
        () => ask(port, { path: `/${path}` }).then(({ status, text }) => [status, text.split('\n')[0]]),
      ]),
    ),
  ),
)
