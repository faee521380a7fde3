'use strict'
const { load, serve, usual, each } = require('../kit.js')
const got = load('got')

serve(usual, (base) =>
  each({
    404: () => got(`${base}/status?404`, { retry: 0 }),
    quiet: () => got(`${base}/status?404`, { throwHttpErrors: false }).then(({ body }) => body),
    reset: () => got(`${base}/reset`, { retry: 0 }),
    refused: () => got('http://127.0.0.1:1/', { retry: 0 }),
    timeout: () => got(`${base}/slow`, { timeout: 30, retry: 0 }),
    json: () =>
      got(`${base}/nojson`, { retry: 0 })
        .json()
        .catch((error) => [error.name, error.code]),
    'no URL': () => got('nonsense', { retry: 0 }),
    'bad option': () => got(base, { method: 7, retry: 0 }),
    loop: () => got(`${base}/loop`, { maxRedirects: 2, retry: 0 }),
  }),
)
