'use strict'
const { load, serve, usual, each } = require('../kit.js')
const superagent = load('superagent')

serve(usual, (base) =>
  each({
    get: () =>
      superagent
        .get(`${base}/echo`)
        .query({ a: 1 })
        .query('b=2')
        .then(({ body, status, type }) => [status, type, body]),
    post: () =>
      superagent
        .post(`${base}/echo`)
        .send({ a: 1 })
        .send({ b: 2 })
        .then(({ body }) => body),
    form: () =>
      superagent
        .put(`${base}/echo`)
        .type('form')
        .send({ a: [1, 2] })
        .then(({ body }) => body.body),
    text: () =>
      superagent
        .patch(`${base}/echo`)
        .type('text/plain')
        .send('text')
        .then(({ body }) => body.headers),
    head: () => superagent.head(`${base}/echo`).then(({ status, text }) => [status, text]),
    delete: () =>
      superagent
        .del(`${base}/echo`)
        .set('X-Own', '1')
        .set({ b3: '0' })
        .then(({ body }) => body.headers),
    auth: () =>
      superagent
        .get(`${base}/echo`)
        .auth('user', 'pass')
        .then(({ body }) => body.headers),
    gzip: () => superagent.get(`${base}/gzip`).then(({ text }) => text),
    callback: () =>
      new Promise((resolve) => superagent.get(`${base}/echo`).end((error, res) => resolve([error, res.ok]))),
  }),
)
