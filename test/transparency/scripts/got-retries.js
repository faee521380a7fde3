'use strict'
const { load, serve, usual, show, failure } = require('../kit.js')
const got = load('got')
let count = 0
const sometimes = (req, res) => (count++ % 3 < 2 ? res.writeHead(503).end('busy') : usual(req, res))

serve(sometimes, async (base) => {
  const seen = []
  const options = { retry: { limit: 3, calculateDelay: ({ computedValue }) => (computedValue ? 1 : 0) } }
  const client = got.extend({
    ...options,
    hooks: { beforeRetry: [(_o, error, n) => seen.push([n, error.response.statusCode])] },
  })
  show(
    await client(`${base}/echo`)
      .json()
      .then(({ url }) => url),
    seen,
    count,
  )
  show(await got(`${base}/echo`, { retry: 0 }).catch(failure), count)
})
