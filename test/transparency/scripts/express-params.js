'use strict'
const { load, serve, ask, each } = require('../kit.js')
const express = load('express')
const app = express()
const calls = []
app.param(
  'id',
  (req, res, next, value, name) => (calls.push([name, value]), value === 'bad' ? next(new Error('bad id')) : next()),
)
app.param(['a', 'b'], (req, res, next, value) => (calls.push(value), next()))
app.get('/:id/same', (req, res, next) => next())
app.get('/:id/same', (req, res) => res.json(req.params))
app.get('/:a/:b', (req, res) => res.json(req.params))
app.use((error, req, res, next) => res.status(400).send(error.message))
serve(app, (_base, port) =>
  each(
    Object.fromEntries(
      ['/1/same', '/bad/same', '/x/y', '/%20/z'].map((path) => [
        path,
        () => ask(port, { path }).then(({ status, text }) => [status, text, calls.splice(0)]),
      ]),
    ),
  ),
)
