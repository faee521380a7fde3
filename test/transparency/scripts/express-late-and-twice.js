'use strict'
const { load, serve, ask, show, each } = require('../kit.js')
const express = load('express')
const app = express()
app.get('/twice', (req, res) => {
  res.send('first')
  try {
    res.send('second')
  } catch (error) {
    show(error.code)
  }
})
app.get(
  '/next-twice',
  (req, res, next) => (next(), next()),
  (req, res) => (res.headersSent ? show('again') : res.send('once')),
)
app.get(
  '/after',
  (req, res, next) => (res.send('sent'), next()),
  (req, res) => show('after', res.headersSent),
)
app.get(
  '/later',
  (req, res, next) => setTimeout(next, 5),
  (req, res) => setImmediate(() => res.send('later')),
)
app.use((error, req, res, next) => res.end())
serve(app, (_base, port) =>
  each(
    Object.fromEntries(
      ['twice', 'next-twice', 'after', 'later'].map((path) => [
        path,
        () => ask(port, { path: `/${path}` }).then(({ text }) => text),
      ]),
    ),
  ),
)
