'use strict'
const http = require('node:http')
const { inspect } = require('node:util')

const server = http.createServer((req, res) => {
  res.sendDate = false
  // The count includes the headers that came: a tracer upstream adds some.
  console.log(
    inspect(req, { depth: 0 })
      .replace(/\d{4,}/g, 'N')
      .replace(/(kHeadersCount\)\]?: )\d+/, '$1N'),
  )
  console.log(inspect(res, { depth: 0, showHidden: true }).replace(/\d{4,}/g, 'N'))
  res.end('text')
  console.log(inspect(res, { depth: 0 }).replace(/\d{4,}/g, 'N'))
  console.log(
    JSON.stringify(
      Object.keys(
        JSON.parse(
          JSON.stringify({ ...req, ...{ socket: 0, client: 0, res: 0 } }, (key, value) =>
            key.startsWith('_') ? undefined : value,
          ),
        ),
      ),
    ),
  )
})
server.listen(0, () => {
  http.get({ port: server.address().port }, (res) => {
    console.log(Object.prototype.toString.call(res), String(res), res.constructor.name, res.req.constructor.name)
    res.resume().on('end', () => server.close())
  })
})
