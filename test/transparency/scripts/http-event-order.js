'use strict'
const http = require('node:http')
const { EventEmitter } = require('node:events')

const log = []
const watch = (name, emitter, events) => {
  for (const event of events) emitter.on(event, () => log.push(`${name} ${event}`))
}
const server = http.createServer((req, res) => {
  watch('request', req, ['data', 'end', 'close'])
  watch('response', res, ['prefinish', 'finish', 'close', 'pipe', 'unpipe'])
  process.nextTick(() => log.push('tick'))
  Promise.resolve().then(() => log.push('microtask'))
  req.pipe(res)
  log.push('handled')
})
server.listen(0, () => {
  const req = http.request({ port: server.address().port, method: 'PUT', agent: false })
  watch('client', req, ['socket', 'finish', 'response', 'close'])
  req.on('response', (res) => {
    watch('answer', res, ['data', 'end', 'close'])
    res.on('close', () =>
      setTimeout(() => {
        const own = (prefix) => log.filter((line) => line.startsWith(prefix)).join(', ')
        for (const prefix of ['request', 'response', 'client', 'answer']) console.log(own(prefix))
        console.log(log.indexOf('handled') < log.indexOf('tick'), log.indexOf('tick') < log.indexOf('microtask'))
        console.log(
          EventEmitter.prototype.emit.name,
          server.emit === http.Server.prototype.emit,
          Object.hasOwn(server, 'emit'),
        )
        server.close()
      }, 20),
    )
  })
  console.log(req.end('text') === req)
})
