'use strict'
const { load, serve, usual, each } = require('../kit.js')
const superagent = load('superagent')

serve(usual, (base) =>
  each({
    cookies: async () => {
      const agent = superagent.agent()
      await agent.get(`${base}/cookies`)
      return (await agent.get(`${base}/echo`)).body.headers
    },
    retry: async () => {
      let count = 0
      await superagent
        .get(`${base}/status?503`)
        .retry(2, () => (count++, undefined))
        .catch(() => undefined)
      return count
    },
    abort: () => {
      const req = superagent.get(`${base}/slow`)
      setTimeout(() => req.abort(), 20)
      return Promise.race([
        req.then(
          () => 'done',
          ({ code }) => code,
        ),
        new Promise((resolve) => req.on('abort', () => resolve('aborted'))),
      ])
    },
    pipe: () =>
      new Promise((resolve) => {
        const { PassThrough } = require('node:stream')
        let text = ''
        superagent
          .get(`${base}/chunks`)
          .pipe(new PassThrough())
          .on('data', (chunk) => (text += chunk))
          .on('end', () => resolve(text))
      }),
    parse: () =>
      superagent
        .get(`${base}/chunks`)
        .buffer(true)
        .parse((res, done) => {
          let length = 0
          res.on('data', (chunk) => (length += chunk.length)).on('end', () => done(null, length))
        })
        .then(({ body }) => body),
    attach: () =>
      superagent
        .post(`${base}/echo`)
        .field('a', '1')
        .attach('f', Buffer.from('file'), 'f.txt')
        .then(({ body }) => [body.body.includes('file'), body.method]),
  }),
)
