'use strict'
const { load, serve, usual, show, failure } = require('../kit.js')
const http = require('node:http')
const fetch = load('node-fetch')

serve(usual, async (base) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const all = await Promise.all(
    [1, 2, 3].map((n) => fetch(`${base}/echo?${n}`, { agent: () => agent }).then((res) => res.json())),
  )
  show(
    all.map(({ url }) => url),
    all[0].headers,
  )
  const res = await fetch(`${base}/chunks`)
  show(await res.text(), res.bodyUsed, await res.text().catch(failure))
  agent.destroy()
})
