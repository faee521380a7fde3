'use strict'
const http = require('node:http')
const undici = require(require.resolve('undici', { paths: [process.cwd()] }))
const { lessTracing } = require('../less-tracing.js')

const server = http.createServer((req, res) => {
  const raw = lessTracing(req.rawHeaders).map((text) => text.replace(/:\d+$/, ''))
  req.resume().on('end', () => res.writeHead(201, { 'X-A': '1' }).end(JSON.stringify([req.method, req.url, raw])))
})
server.listen(0, async () => {
  const at = `http://127.0.0.1:${server.address().port}`
  const answer = await undici.request(`${at}/a`, { method: 'POST', body: 'x', headers: { 'X-Own': '1' } })
  console.log(answer.statusCode, answer.headers['x-a'], await answer.body.text(), Object.keys(answer))
  const flat = await undici.request(`${at}/b`, { headers: ['X-First', '1', 'b3', '0'] })
  console.log(await flat.body.json())
  const { Writable } = require('node:stream')
  await undici.stream(
    `${at}/c`,
    { method: 'GET' },
    ({ statusCode }) => new Writable({ write: (chunk, _, done) => (console.log(statusCode, String(chunk)), done()) }),
  )
  console.log(await (await undici.fetch(`${at}/d`)).json())
  const client = new undici.Client(at, { pipelining: 2 })
  const all = await Promise.all(
    ['/1', '/2', '/3'].map((path) => client.request({ path, method: 'GET' }).then(({ body }) => body.json())),
  )
  console.log(all.map(([, url]) => url))
  await new Promise((resolve) =>
    client.request(
      { path: '/callback', method: 'GET' },
      (error, data) => (console.log(error, data.statusCode), data.body.dump().then(resolve)),
    ),
  )
  await client.request({ path: 'bad', method: 'GET' }).catch((error) => console.log(error.code, error.message))
  await client.close()
  await undici.request('http://127.0.0.1:1').catch((error) => console.log(error.code))
  const agent = new undici.MockAgent()
  agent.disableNetConnect()
  agent.get('http://mocked').intercept({ path: '/' }).reply(200, 'mock')
  console.log(await (await undici.request('http://mocked/', { dispatcher: agent })).body.text())
  await undici.getGlobalDispatcher().close()
  server.close()
})
