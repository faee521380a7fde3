'use strict'
const { load, serve, usual, each } = require('../kit.js')
const fetch = load('node-fetch')

serve(usual, (base) =>
  each({
    follow: () => fetch(`${base}/redirect`).then(async (res) => [res.redirected, res.url, (await res.json()).url]),
    manual: () =>
      fetch(`${base}/redirect`, { redirect: 'manual' }).then(({ status, headers }) => [
        status,
        headers.get('location'),
      ]),
    error: () => fetch(`${base}/redirect`, { redirect: 'error' }),
    loop: () => fetch(`${base}/loop`, { follow: 2 }),
    307: () =>
      fetch(`${base}/redirect?307`, { method: 'POST', body: 'x' })
        .then((res) => res.json())
        .then(({ method, body }) => [method, body]),
    303: () =>
      fetch(`${base}/redirect?303`, { method: 'POST', body: 'x' })
        .then((res) => res.json())
        .then(({ method, body }) => [method, body]),
  }),
)
