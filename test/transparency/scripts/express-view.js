'use strict'
const { load, serve, ask, each } = require('../kit.js')
const express = load('express')
const app = express()
app.engine('txt', (file, options, done) => done(null, `${options.title} ${options.settings.env}`))
app.set('env', 'test').set('views', __dirname).set('view engine', 'txt')
app.set(
  'view',
  class {
    constructor(name) {
      this.path = name
    }
    render(options, done) {
      done(this.path === 'bad' ? new Error('no view') : null, `${this.path} ${options.title}`)
    }
  },
)
app.locals.title = 'title'
app.get('/:view', (req, res) => res.render(req.params.view))
app.use((error, req, res, next) => res.status(500).send(error.message))
serve(app, (_base, port) =>
  each({
    good: () => ask(port, { path: '/good' }).then(({ text }) => text),
    bad: () => ask(port, { path: '/bad' }).then(({ status, text }) => [status, text]),
  }),
)
