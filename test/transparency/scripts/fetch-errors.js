'use strict'
const http = require('node:http')

const server = http.createServer((req, res) => {
  if (req.url === '/hang-up') req.socket.destroy()
  if (req.url === '/cut')
    res.writeHead(200, { 'content-length': 9 }).write('x', () => setTimeout(() => req.socket.destroy(), 10))
})
const explain = (error) =>
  console.log(error.constructor.name, error.name, error.message, error.cause?.code, error.cause?.constructor.name)
server.listen(0, async () => {
  const at = `http://127.0.0.1:${server.address().port}`
  for (const bad of [
    () => fetch(),
    () => fetch('nowhere'),
    () => fetch('http://127.0.0.1:1/'),
    () => fetch('ftp://x/'),
    () => fetch(at, { method: 'A B' }),
  ])
    await bad().catch(explain)
  await fetch(at, { method: 'GET', body: 'x' }).catch(explain)
  await fetch(`${at}/hang-up`).catch(explain)
  await fetch(`${at}/cut`)
    .then((res) => res.text())
    .catch(explain)
  await fetch(at, { signal: AbortSignal.abort() }).catch(explain)
  await fetch(at, { signal: AbortSignal.abort('a reason') }).catch((reason) => console.log(reason))
  await fetch(`${at}/wait`, { signal: AbortSignal.timeout(30) }).catch(explain)
  const controller = new AbortController()
  setTimeout(() => controller.abort(new RangeError('mine')), 30)
  await fetch(`${at}/wait`, { signal: controller.signal }).catch(explain)
  await fetch('http://does-not-exist.invalid/').catch(explain)
  server.close()
  server.closeAllConnections()
})
