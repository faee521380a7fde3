'use strict'
const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url === '/server')
    res.setTimeout(20, (socket) => (console.log('server timeout', socket === req.socket), socket.destroy()))
})
server.listen(0, () => {
  const call = (path, options, next) => {
    const req = http.get({ port: server.address().port, path, ...options }, () => console.log('never'))
    for (const event of ['timeout', 'abort', 'close']) req.on(event, () => console.log(path, event))
    req.on('error', (error) => console.log(path, error.code, error.message, error.name))
    req.on('close', next)
    return req
  }
  call('/server', {}, () => {
    const second = call('/option', { timeout: 20 }, () => {
      const third = call('/method', {}, () => {
        call('/signal', { signal: AbortSignal.timeout(20) }, () => {
          server.close()
          server.closeAllConnections()
        })
      })
      third.setTimeout(20, function () {
        console.log('callback', this === third)
        third.destroy(new RangeError('mine'))
      })
    })
    second.on('timeout', () => second.destroy())
  })
})
