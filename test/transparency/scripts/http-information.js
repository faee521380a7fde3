'use strict'
const { serve, show } = require('../kit.js')
const http = require('node:http')
serve(
  (req, res) => {
    res.writeContinue()
    res.writeEarlyHints?.({ link: '</a>; rel=preload' })
    res.end('done')
  },
  (_base, port) =>
    new Promise((resolve) => {
      const req = http.get(
        { port, host: '127.0.0.1', agent: false },
        (res) => (show(res.statusCode), res.resume().on('end', resolve)),
      )
      req
        .on('information', ({ statusCode, headers }) => show('information', statusCode, headers))
        .on('continue', () => show('continue'))
    }),
)
