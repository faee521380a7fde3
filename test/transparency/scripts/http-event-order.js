'use strict'
const http = require('node:http')
const { EventEmitter, once } = require('node:events')

const log = []
const watch = (name, emitter, events) => {
  for (const event of events) emitter.on(event, () => log.push(`${name} ${event}`))
}
const closed = []
const awaitClose = (emitter) => closed.push(once(emitter, 'close'))
const server = http.createServer((req, res) => {
  watch('request', req, ['data', 'end', 'close'])
  watch('response', res, ['prefinish', 'finish', 'close', 'pipe', 'unpipe'])
  awaitClose(req)
  awaitClose(res)
  process.nextTick(() => log.push('tick'))
  Promise.resolve().then(() => log.push('microtask'))
  req.pipe(res)
  log.push('handled')
})
server.listen(0, () => {
  const req = http.request({ port: server.address().port, method: 'PUT', agent: false })
  watch('client', req, ['socket', 'finish', 'response', 'close'])
  awaitClose(req)
  req.on('response', async (res) => {
    watch('answer', res, ['data', 'end', 'close'])
    awaitClose(res)
    await Promise.all(closed)
    const own = (prefix) => log.filter((line) => line.startsWith(prefix)).join(', ')
    for (const prefix of ['request', 'response', 'client', 'answer']) console.log(own(prefix))
    console.log(log.indexOf('handled') < log.indexOf('tick'), log.indexOf('tick') < log.indexOf('microtask'))
    console.log(
      EventEmitter.prototype.emit.name,
      server.emit === http.Server.prototype.emit,
      Object.hasOwn(server, 'emit'),
    )
    server.close()
  })
  console.log(req.end('text') === req)
})
