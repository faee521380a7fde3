'use strict'
const { load, serve, usual, each } = require('../kit.js')
const got = load('got')

serve(usual, (base) =>
  each({
    text: () =>
      got(`${base}/echo`, { searchParams: { a: 1 } })
        .text()
        .then((text) => JSON.parse(text).url),
    json: () => got.post(`${base}/echo`, { json: { a: 1 } }).json(),
    form: () =>
      got
        .put(`${base}/echo`, { form: { a: 'b' } })
        .json()
        .then(({ body, method }) => [method, body]),
    buffer: () => got(`${base}/chunks`).buffer().then(String),
    head: () => got.head(`${base}/echo`).then(({ statusCode, body }) => [statusCode, body]),
    gzip: () => got(`${base}/gzip`).text(),
    headers: () =>
      got(`${base}/echo`, { headers: { b3: '0', 'X-Own': '1' } })
        .json()
        .then(({ headers }) => headers),
    response: () =>
      got(`${base}/echo`).then(({ url, redirectUrls, isFromCache, retryCount, statusMessage }) => [
        url,
        redirectUrls,
        isFromCache,
        retryCount,
        statusMessage,
      ]),
  }),
)
