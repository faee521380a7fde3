'use strict'
const http = require('node:http')
const { lessTracing } = require('../less-tracing.js')

const server = http.createServer((req, res) => {
  const raw = lessTracing(req.rawHeaders).map((text) => text.replace(/:\d+$/, ''))
  res.end(JSON.stringify(raw))
})
const forms = [
  { headers: { 'X-CamelCase': '1', accept: '*/*', COOKIE: ['a=1', 'b=2'], 'x-list': ['1', '2'] } },
  { headers: ['Host', 'example', 'X-First', '1', 'x-first', '2', 'X-Last', '3'] },
  {
    headers: [
      ['X-First', '1'],
      ['Host', 'example'],
      ['X-First', ['2', '3']],
    ],
  },
  { headers: { traceparent: 'mine', 'X-B3-TraceId': 'mine' }, setHost: false },
  { headers: { Host: 'other' }, auth: 'user:password' },
  { headers: { 'Transfer-Encoding': 'chunked' }, method: 'POST' },
]
server.listen(0, () => {
  const next = () => {
    const options = forms.shift()
    if (options === undefined) return server.close()
    http.get({ port: server.address().port, ...options }, (res) => {
      res
        .setEncoding('utf8')
        .on('data', (text) => console.log(res.statusCode, text))
        .on('end', next)
    })
  }
  next()
})
