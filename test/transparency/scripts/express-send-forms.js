'use strict'
const { load, serve, ask, each } = require('../kit.js')
const express = load('express')
const app = express()
app.set('etag', false)
app.get('/text', (req, res) => res.send('text'))
app.get('/json', (req, res) => res.json({ a: 1 }))
app.get('/status', (req, res) => res.sendStatus(418))
app.get('/redirect', (req, res) => res.redirect(301, '/text'))
app.get('/cookie', (req, res) => res.cookie('a', 'b').clearCookie('c', { path: '/' }).end())
app.get('/format', (req, res) => res.format({ text: () => res.send('t'), json: () => res.json('j') }))
app.get('/buffer', (req, res) => res.send(Buffer.from('bytes')))
app.get('/attachment', (req, res) => res.attachment('x.txt').send('file'))
app.get('/links', (req, res) => res.links({ next: '/n' }).vary('Accept').type('html').send('<p>'))
serve(app, (_base, port) =>
  each(
    Object.fromEntries(
      ['text', 'json', 'status', 'redirect', 'cookie', 'format', 'buffer', 'attachment', 'links'].map((path) => [
        path,
        () =>
          ask(port, { path: `/${path}` }).then(({ status, headers, text }) => [
            status,
            Object.entries(headers).filter(([name]) => name !== 'date'),
            text,
          ]),
      ]),
    ),
  ),
)
