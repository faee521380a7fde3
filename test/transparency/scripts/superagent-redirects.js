'use strict'
const { load, serve, usual, each } = require('../kit.js')
const superagent = load('superagent')

serve(usual, (base) =>
  each({
    follows: () => superagent.get(`${base}/redirect`).then(({ body, redirects }) => [body.url, redirects]),
    none: () =>
      superagent
        .get(`${base}/redirect`)
        .redirects(0)
        .catch(({ status }) => status),
    307: () =>
      superagent
        .post(`${base}/redirect?307`)
        .send('a=1')
        .redirects(2)
        .then(({ body }) => [body.method, body.body]),
    303: () =>
      superagent
        .post(`${base}/redirect?303`)
        .send('a=1')
        .then(({ body }) => [body.method, body.body]),
    event: async () => {
      const seen = []
      await superagent
        .get(`${base}/redirect`)
        .on('redirect', ({ headers }) => seen.push(headers.location))
        .on('response', ({ status }) => seen.push(status))
      return seen
    },
    loop: () =>
      superagent
        .get(`${base}/loop`)
        .redirects(2)
        .catch(({ status, message }) => [status, message]),
  }),
)
