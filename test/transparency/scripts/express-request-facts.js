'use strict'
const { load, serve, ask, each } = require('../kit.js')
const express = load('express')
const app = express()
app.set('trust proxy', true)
app.use('/mount', (req, res) =>
  res.json([
    req.ip,
    req.ips,
    req.protocol,
    req.secure,
    req.hostname,
    req.path,
    req.baseUrl,
    req.originalUrl,
    req.xhr,
    req.query,
    req.get('x-a'),
    req.accepts('json'),
    req.is('json'),
    req.fresh,
    req.subdomains,
    Object.keys(req.params),
  ]),
)
serve(app, (_base, port) =>
  each({
    facts: () =>
      ask(port, {
        path: '/mount/a?b=1&c[]=2',
        headers: {
          host: 'a.b.example',
          'x-forwarded-for': '1.2.3.4',
          'x-forwarded-proto': 'https',
          'x-a': '1',
          'content-type': 'application/json',
        },
      }).then(({ text }) => text),
  }),
)
