'use strict'
const http = require('node:http')
const domain = require('node:domain')

const server = http.createServer((req, res) => {
  const d = domain.create()
  d.on('error', (error) => {
    console.log('domain', error.message, error.domain === d, process.domain === undefined)
    res.statusCode = 500
    res.end('failed')
  })
  d.add(req)
  d.add(res)
  d.run(() => {
    req.on('end', () => {
      console.log(process.domain === d)
      setTimeout(() => {
        throw new Error(`late ${req.url}`)
      }, 1)
    })
    req.resume()
  })
})
server.listen(0, () => {
  const d = domain.create()
  d.on('error', (error) => {
    console.log('client', error.code, error.domainEmitter === refused, error.domainThrown)
    const req = http.request({ port: server.address().port, path: '/x', method: 'POST' }, (res) => {
      console.log(res.statusCode)
      res.resume().on('end', () => server.close())
    })
    req.end('body')
  })
  let refused
  d.run(() => {
    refused = http.get({ socketPath: '/nonexistent' })
  })
})
