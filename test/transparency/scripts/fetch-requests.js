'use strict'
const { serve, usual, each } = require('../kit.js')
serve(usual, async (base) => {
  await each({
    get: () =>
      fetch(`${base}/echo?a`)
        .then((res) => res.json())
        .then(({ url, headers }) => [url, headers.length]),
    post: () =>
      fetch(`${base}/echo`, { method: 'POST', body: 'x', headers: { 'X-Own': '1', traceparent: 'mine' } })
        .then((res) => res.json())
        .then(({ body, method }) => [body, method]),
    request: () =>
      fetch(new Request(`${base}/echo`, { method: 'DELETE' }))
        .then((res) => res.json())
        .then(({ method }) => method),
    redirect: () => fetch(`${base}/redirect`).then(({ redirected, url }) => [redirected, url]),
    manual: () => fetch(`${base}/redirect`, { redirect: 'manual' }).then(({ status, type }) => [status, type]),
    error: () => fetch(`${base}/redirect`, { redirect: 'error' }),
    clone: () => fetch(`${base}/chunks`).then((res) => Promise.all([res.clone().text(), res.text()])),
    form: () =>
      fetch(`${base}/echo`, { method: 'POST', body: new URLSearchParams('a=1') })
        .then((res) => res.json())
        .then(({ body }) => body),
    blob: () =>
      fetch(`${base}/chunks`)
        .then((res) => res.blob())
        .then(({ size }) => size),
    gzip: () => fetch(`${base}/gzip`).then((res) => res.text()),
    shape: () => [
      fetch.name,
      fetch.length,
      typeof globalThis.fetch,
      Object.keys(Object.getOwnPropertyDescriptor(globalThis, 'fetch')),
    ],
  })
})
