'use strict'
const { serve, ask, each } = require('../kit.js')
serve(
  (req, res) => {
    const status = Number(req.url.slice(1))
    if (status < 200) return (res.writeProcessing(), res.end('after'))
    res.writeHead(status, `Reason ${status}`, { 'X-A': 'b' })
    res.end(req.method === 'HEAD' ? '' : 'body')
  },
  (_base, port) =>
    each(
      Object.fromEntries(
        [200, 204, 206, 304, 404, 500, 599, 102].flatMap((status) =>
          ['GET', 'HEAD'].map((method) => [
            `${method} ${status}`,
            () => ask(port, { path: `/${status}`, method }).then(({ status, text }) => [status, text]),
          ]),
        ),
      ),
    ),
)
