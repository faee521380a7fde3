'use strict'
const http = require('node:http')

const outer = http.createServer((req, res) => {
  const wrapped = new Proxy(res, {
    get(target, key) {
      const value = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  console.log(inner.emit('request', Object.create(req, { url: { value: '/rewritten' } }), wrapped))
})
const inner = http.createServer((req, res) => {
  Object.freeze(req)
  res.setHeader('X-Url', req.url)
  res.end(req.headers.accept)
})
outer.listen(0, () => {
  http.get({ port: outer.address().port, headers: { accept: 'a' } }, (res) => {
    console.log(res.headers['x-url'])
    res
      .setEncoding('utf8')
      .on('data', console.log)
      .on('end', () => outer.close())
  })
})
