'use strict'
const http = require('node:http')
const { AsyncLocalStorage, executionAsyncResource } = require('node:async_hooks')

const als = new AsyncLocalStorage()
const entered = new AsyncLocalStorage()
const say = (what) => console.log(what, als.getStore(), entered.getStore())
const server = http.createServer((req, res) => {
  say(`handler ${req.url}`)
  als.run(`server ${req.url}`, () => {
    for (const event of ['data', 'end', 'close']) req.on(event, () => say(`${req.url} request ${event}`))
    for (const event of ['finish', 'close']) res.on(event, () => say(`${req.url} response ${event}`))
    setTimeout(() => res.end('x'), 10)
  })
  entered.enterWith(`entered ${req.url}`)
})
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
server.listen(0, async () => {
  console.log(typeof executionAsyncResource())
  for (const path of ['/1', '/2']) {
    await als.run(
      `client ${path}`,
      () =>
        new Promise((resolve) => {
          const req = http.request({ port: server.address().port, path, agent, method: 'POST' }, (res) => {
            for (const event of ['data', 'end', 'close']) res.on(event, () => say(`${path} answer ${event}`))
          })
          for (const event of ['socket', 'finish', 'response', 'close'])
            req.on(event, () => say(`${path} client ${event}`))
          req.on('close', () => setTimeout(resolve, 10))
          req.end('body')
        }),
    )
  }
  agent.destroy()
  server.close()
})
