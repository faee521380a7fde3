'use strict'
const { load, serve, usual, each } = require('../kit.js')
const axios = load('axios')

serve(usual, (base) =>
  each({
    get: () => axios.get(`${base}/echo`, { params: { a: 1, b: [2, 3] } }).then(({ data, status }) => [status, data]),
    post: () => axios.post(`${base}/echo`, { a: 1 }).then(({ data }) => data),
    put: () =>
      axios.put(`${base}/echo`, 'text', { headers: { 'Content-Type': 'text/plain' } }).then(({ data }) => data),
    patch: () =>
      axios({ url: `${base}/echo`, method: 'patch', data: new URLSearchParams({ a: '1' }) }).then(({ data }) => data),
    delete: () => axios.delete(`${base}/echo`).then(({ data }) => data),
    head: () => axios.head(`${base}/echo`).then(({ data, status }) => [status, data]),
    options: () => axios.options(`${base}/echo`).then(({ data }) => data.method),
  }),
)
