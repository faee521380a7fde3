'use strict'
const http = require('node:http')

const attempt = (name, act) => {
  try {
    console.log(name, typeof act())
  } catch (error) {
    console.log(name, error.code, error.message)
  }
}
const server = http.createServer((req, res) => {
  res.on('error', (error) => console.log('error', error.code))
  attempt('bad status', () => res.writeHead(1000))
  attempt('bad header', () => res.setHeader('a b', '1'))
  attempt('bad chunk', () => res.write(7))
  attempt('null chunk', () => res.write(null))
  res.end('done', () => console.log('end callback'))
  attempt('head twice', () => res.writeHead(200))
  attempt('header late', () => res.setHeader('X', '1'))
  attempt('write late', () => res.write('late', (error) => console.log('callback', error?.code)))
  attempt('end twice', () => res.end('late', (error) => console.log('end callback', error?.code)))
})
server.listen(0, () => {
  const req = http.request({ port: server.address().port, method: 'POST' }, (res) => {
    res
      .setEncoding('utf8')
      .on('data', console.log)
      .on('end', () => server.close())
  })
  req.on('error', (error) => console.log('client', error.code))
  attempt('client bad chunk', () => req.write({}))
  req.end('x')
  attempt('client write late', () => req.write('late'))
})
