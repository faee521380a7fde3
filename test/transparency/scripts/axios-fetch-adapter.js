'use strict'
const { load, serve, usual, each } = require('../kit.js')
const axios = load('axios')

serve(usual, (base) =>
  each({
    get: () => axios.get(`${base}/echo?a`, { adapter: 'fetch' }).then(({ data }) => data.url),
    post: () => axios.post(`${base}/echo`, { a: 1 }, { adapter: 'fetch' }).then(({ data }) => data.body),
    404: () => axios.get(`${base}/status?404`, { adapter: 'fetch' }),
    refused: () => axios.get('http://127.0.0.1:1/', { adapter: 'fetch' }).catch(({ code }) => code),
  }),
)
