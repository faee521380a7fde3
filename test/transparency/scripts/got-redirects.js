'use strict'
const { load, serve, usual, each } = require('../kit.js')
const got = load('got')

serve(usual, (base) =>
  each({
    follows: () => got(`${base}/redirect`).then(({ body, redirectUrls }) => [JSON.parse(body).url, redirectUrls]),
    307: () =>
      got
        .post(`${base}/redirect?307`, { body: 'x' })
        .json()
        .then(({ method, body }) => [method, body]),
    303: () =>
      got
        .post(`${base}/redirect?303`, { body: 'x' })
        .json()
        .then(({ method, body }) => [method, body]),
    none: () => got(`${base}/redirect`, { followRedirect: false }).then(({ statusCode, body }) => [statusCode, body]),
    events: async () => {
      const seen = []
      const promise = got(`${base}/redirect`)
      promise
        .on('redirect', ({ statusCode }, { url }) => seen.push([statusCode, url.pathname]))
        .on('response', ({ statusCode }) => seen.push(statusCode))
      await promise
      return seen
    },
  }),
)
