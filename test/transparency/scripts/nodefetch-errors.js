'use strict'
const { load, serve, usual, each } = require('../kit.js')
const fetch = load('node-fetch')

serve(usual, (base) =>
  each({
    404: () => fetch(`${base}/status?404`).then(({ status, ok }) => [status, ok]),
    reset: () => fetch(`${base}/reset`),
    refused: () => fetch('http://127.0.0.1:1/'),
    'no URL': () => fetch('/relative'),
    protocol: () => fetch('ftp://127.0.0.1/'),
    json: () =>
      fetch(`${base}/nojson`)
        .then((res) => res.json())
        .catch(({ name, type }) => [name, type]),
    timeout: () => fetch(`${base}/slow`, { timeout: 30 }),
    abort: () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 20)
      return fetch(`${base}/slow`, { signal: controller.signal })
    },
    size: () => fetch(`${base}/echo`, { size: 2 }).then((res) => res.text()),
    'body of GET': () => fetch(base, { body: 'x' }),
  }),
)
