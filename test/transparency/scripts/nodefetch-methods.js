'use strict'
const { load, serve, usual, each } = require('../kit.js')
const fetch = load('node-fetch')

serve(usual, (base) =>
  each({
    get: async () => {
      const res = await fetch(`${base}/echo?a`, { headers: { 'X-Own': '1', b3: '0' } })
      return [res.status, res.ok, res.statusText, res.headers.get('content-type'), await res.json()]
    },
    post: () => fetch(`${base}/echo`, { method: 'POST', body: 'text' }).then((res) => res.json()),
    form: () =>
      fetch(`${base}/echo`, { method: 'POST', body: new URLSearchParams({ a: 1 }) })
        .then((res) => res.json())
        .then(({ body }) => body),
    stream: () =>
      fetch(`${base}/echo`, { method: 'PUT', body: require('node:stream').Readable.from(['a', 'b']) })
        .then((res) => res.json())
        .then(({ body, headers }) => [body, headers]),
    buffer: () =>
      fetch(`${base}/chunks`)
        .then((res) => res.buffer())
        .then(String),
    request: () =>
      fetch(new fetch.Request(`${base}/echo`, { method: 'DELETE' }))
        .then((res) => res.json())
        .then(({ method }) => method),
    gzip: () => fetch(`${base}/gzip`).then((res) => res.text()),
    raw: () => fetch(`${base}/cookies`).then((res) => res.headers.raw()['set-cookie']),
    clone: () => fetch(`${base}/chunks`).then((res) => Promise.all([res.clone().text(), res.text()])),
  }),
)
