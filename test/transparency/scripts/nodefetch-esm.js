'use strict'
const { serve, usual, failure, each } = require('../kit.js')
serve(usual, async (base) => {
  const path = require('node:url').pathToFileURL(require.resolve('node-fetch-3', { paths: [process.cwd()] }))
  const { default: fetch, Headers, FetchError } = await import(path)
  await each({
    get: () => fetch(`${base}/echo`, { headers: new Headers({ 'X-Own': '1' }) }).then((res) => res.json()),
    post: () =>
      fetch(`${base}/echo`, { method: 'POST', body: 'x' })
        .then((res) => res.json())
        .then(({ body }) => body),
    refused: () => fetch('http://127.0.0.1:1').catch((error) => [error instanceof FetchError, failure(error)]),
    redirect: () => fetch(`${base}/redirect`).then((res) => res.redirected),
    reset: () => fetch(`${base}/reset`).catch(failure),
  })
})
