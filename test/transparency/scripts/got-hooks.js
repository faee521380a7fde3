'use strict'
const { load, serve, usual, show } = require('../kit.js')
const got = load('got')

serve(usual, async (base) => {
  const seen = []
  const client = got.extend({
    prefixUrl: base,
    retry: 0,
    hooks: {
      init: [() => seen.push('init')],
      beforeRequest: [({ url, headers }) => (seen.push(url.pathname, Object.keys(headers).join()), undefined)],
      afterResponse: [(response) => (seen.push(response.statusCode), response)],
      beforeError: [(error) => (seen.push(error.name), error)],
    },
  })
  await client('echo')
  await client('status?500').catch(() => undefined)
  show(seen)
  const agent = { http: new (require('node:http').Agent)({ keepAlive: true, maxSockets: 1 }) }
  show(
    await Promise.all(
      [1, 2].map((n) =>
        client(`echo?${n}`, { agent })
          .json()
          .then(({ url, headers }) => [url, headers]),
      ),
    ),
  )
  agent.http.destroy()
})
