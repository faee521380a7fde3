'use strict'
const http = require('node:http')
const { lessTracing } = require('../less-tracing.js')

const server = http.createServer((req, res) => {
  if (req.url === '/redirect') return res.writeHead(302, { location: '/final' }).end()
  res.writeHead(req.url === '/404' ? 404 : 200, 'Fine', { 'X-List': ['1', '2'], 'Set-Cookie': ['a=1', 'b=2'] })
  const raw = lessTracing(req.rawHeaders)
  const at = raw.findIndex((name) => name.toLowerCase() === 'host')
  res.end(
    JSON.stringify([req.method, req.url, raw.toSpliced?.(at, 2) ?? raw.filter((_, i) => i !== at && i !== at + 1)]),
  )
})
server.listen(0, async () => {
  const at = `http://127.0.0.1:${server.address().port}`
  console.log(fetch.length, fetch.name, Object.keys(globalThis).includes('fetch'), Object.getOwnPropertyNames(fetch))
  const promise = fetch(`${at}/a?b=c`, { headers: { 'X-Own': '1', Accept: 'x/y' } })
  console.log(promise.constructor === Promise)
  const response = await promise
  console.log(
    response.status,
    response.statusText,
    response.ok,
    response.redirected,
    [...response.headers.keys()].join(),
    response.headers.getSetCookie?.(),
  )
  console.log(await response.json(), response.bodyUsed, Reflect.ownKeys(response).length)
  console.log(await (await fetch(new Request(`${at}/request`, { method: 'PUT', body: 'x' }))).text())
  console.log(
    await (
      await fetch(new URL(`${at}/url`), {
        method: 'post',
        body: new URLSearchParams({ a: 1 }),
        headers: new Headers([
          ['A', '1'],
          ['a', '2'],
        ]),
      })
    ).text(),
  )
  const redirected = await fetch(`${at}/redirect`)
  console.log(
    redirected.redirected,
    new URL(redirected.url).pathname,
    (await fetch(`${at}/redirect`, { redirect: 'manual' })).status,
    (await fetch(`${at}/404`)).status,
  )
  const init = Object.freeze({ headers: Object.freeze({ traceparent: 'mine' }) })
  console.log((await fetch(at, init)).status, init)
  server.close()
  server.closeAllConnections()
})
