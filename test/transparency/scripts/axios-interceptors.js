'use strict'
const { load, serve, usual, show, failure, each } = require('../kit.js')
const axios = load('axios')

serve(usual, async (base) => {
  const client = axios.create({ baseURL: base, headers: { 'X-Base': '1' } })
  client.interceptors.request.use(
    (config) => (show('request', config.url, config.method), { ...config, params: { seen: 1 } }),
  )
  client.interceptors.response.use(
    (response) => (show('response', response.status, Object.keys(response).join()), response),
    (error) => (show('error', failure(error)), Promise.reject(new Error('mine'))),
  )
  await each({
    good: () => client.get('/echo').then(({ data }) => data.url),
    bad: () => client.get('/status?418'),
    headers: () =>
      client.get('/echo', { headers: { traceparent: 'mine', 'X-Own': 'a' } }).then(({ data }) => data.headers),
  })
})
