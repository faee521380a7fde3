'use strict'
const { load, serve, usual, show } = require('../kit.js')
const http = require('node:http')
const axios = load('axios')

serve(usual, async (base) => {
  const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const client = axios.create({ baseURL: base, httpAgent })
  const all = await Promise.all([1, 2, 3].map((n) => client.get(`/echo?${n}`)))
  show(
    all.map(({ data }) => data.url),
    all.map(({ request }) => request.reusedSocket),
  )
  show(Object.keys(httpAgent.freeSockets).length, all[0].data.headers)
  show(await client.get('/echo', { auth: { username: 'u', password: 'p' } }).then(({ data }) => data.headers))
  httpAgent.destroy()
})
