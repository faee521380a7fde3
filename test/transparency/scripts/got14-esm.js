'use strict'
const { serve, usual, each } = require('../kit.js')
serve(usual, async (base) => {
  const path = require('node:url').pathToFileURL(
    require('node:module').createRequire(`${process.cwd()}/package.json`).resolve('got-14'),
  )
  const { default: got } = await import(path)
  await each({
    get: () => got(`${base}/echo`, { searchParams: { a: 1 } }).json(),
    post: () =>
      got
        .post(`${base}/echo`, { json: { a: 1 } })
        .json()
        .then(({ body }) => body),
    404: () => got(`${base}/status?404`, { retry: { limit: 0 } }),
    refused: () => got('http://127.0.0.1:1/', { retry: { limit: 0 } }),
    timeout: () => got(`${base}/slow`, { timeout: { request: 30 }, retry: { limit: 0 } }),
    redirect: () => got(`${base}/redirect`).then(({ redirectUrls }) => redirectUrls.map(String)),
  })
})
