'use strict'
const { serve, ask, show, failure } = require('../kit.js')
serve(
  (req, res) => {
    res.setHeader('X-One', '1')
    res.setHeader('x-many', ['a', 'b'])
    res.appendHeader?.('x-many', 'c')
    show(res.getHeaders(), res.getHeaderNames(), res.hasHeader('X-ONE'), res.getRawHeaderNames?.())
    res.removeHeader('x-one')
    res.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
    try {
      res.setHeader('late', '1')
    } catch (error) {
      show(failure(error))
    }
    show(res.headersSent, res.getHeader('x-many'))
    res.end()
  },
  (_base, port) => ask(port).then(({ headers }) => show(headers)),
)
