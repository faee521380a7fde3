'use strict'
const http = require('node:http')

// `_peername` is where Node remembers what it has told of the peer once.
const keys = (label, object) =>
  console.log(
    label,
    Reflect.ownKeys(object)
      .map(String)
      .filter((key) => key !== '_peername')
      .join(' '),
  )
const server = http.createServer((req, res) => {
  keys('request', req)
  keys('response', res)
  keys('socket', req.socket)
  res.end()
  keys('response ended', res)
})
keys('server', server)
server.listen(0, () => {
  const req = http.get({ port: server.address().port })
  keys('client', req)
  req.on('response', (res) => {
    keys('answer', res)
    keys('client answered', req)
    for (const key in req) if (/trace|span/i.test(key)) console.log('extra', key)
    res.resume().on('end', () => server.close())
  })
})
