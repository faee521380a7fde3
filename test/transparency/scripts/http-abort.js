'use strict'
const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url !== '/before') res.write('x')
  for (const event of ['aborted', 'error', 'close', 'end'])
    req.on(event, (e) => log.push(`${req.url} request ${event} ${e?.code}`))
  for (const event of ['finish', 'error', 'close'])
    res.on(event, () => log.push(`${req.url} response ${event} ${res.writableFinished} ${res.destroyed}`))
  req.resume()
})
const log = []
server.listen(0, async () => {
  for (const [path, act] of [
    ['/before', (req) => setTimeout(() => req.destroy(), 20)],
    ['/abort', (req, res) => res && req.abort()],
    ['/destroy', (req, res) => res && req.destroy(new Error('mine'))],
    ['/answer', (req, res) => res && res.destroy()],
    ['/signal', (req, res) => res && req.controller.abort('why')],
  ]) {
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
      setTimeout(
        () => (console.log(path, mine, req.aborted, req.destroyed, req.errored?.message, log.splice(0)), resolve()),
        60,
      )
    })
  }
  server.close()
})
