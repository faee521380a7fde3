'use strict'
const http = require('node:http')

// The server's view is over when its response is: told apart from the client's, since who hears first is a race.
let onServed
const server = http.createServer((req, res) => {
  res.on('close', () => setImmediate(onServed))
  if (req.url !== '/before') res.write('x')
  else server.emit('arrived')
  for (const event of ['aborted', 'error', 'close', 'end'])
    req.on(event, (e) => log.push(`${req.url} request ${event} ${e?.code}`))
  for (const event of ['finish', 'error', 'close'])
    res.on(event, () => log.push(`${req.url} response ${event} ${res.writableFinished} ${res.destroyed}`))
  req.resume()
})
const log = []
server.listen(0, async () => {
  for (const [path, act] of [
    ['/before', (req) => server.once('arrived', () => req.destroy())],
    ['/abort', (req, res) => res && req.abort()],
    ['/destroy', (req, res) => res && req.destroy(new Error('mine'))],
    ['/answer', (req, res) => res && res.destroy()],
    ['/signal', (req, res) => res && req.controller.abort('why')],
  ]) {
    const served = new Promise((resolve) => (onServed = resolve))
    const given = {}
    await new Promise((resolve) => {
      const controller = new AbortController()
      const req = http.get({ port: server.address().port, path, agent: false, signal: controller.signal })
      req.controller = controller
      const mine = []
      for (const event of ['abort', 'error', 'close', 'timeout'])
        req.on(event, (e) => mine.push(`client ${event} ${e?.code} ${e?.message} ${e?.cause}`))
      req.on('response', (res) => {
        for (const event of ['aborted', 'error', 'close', 'end'])
          res.on(event, (e) => mine.push(`answer ${event} ${e?.code}`))
        act(
          req,
          res.on('data', () => undefined),
        )
      })
      if (path === '/before') act(req)
      given.print = () => console.log(path, mine, req.aborted, req.destroyed, req.errored?.message, log.splice(0))
      req.on('close', () => setTimeout(resolve, 20))
    })
    await served
    given.print()
  }
  server.close()
})
