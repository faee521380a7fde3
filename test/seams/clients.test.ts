/**
 * HTTP clients over http and fetch: one span for each request sent, of a redirect's every hop, in the caller's trace.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { libraries, succeed } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const cwd = libraries('seams')

type Client = (require: any, load: (name: string) => Promise<any>, origin: string, closed: string) => Promise<void>

/** Each in a function of the origins of the server that it is to ask, and of one where nobody listens. */
const CLIENTS: Readonly<Record<string, Client>> = {
  axios: async (require, _load, origin, closed) => {
    const axios = require('axios')
    console.log((await axios.get(`${origin}/plain`)).data)
    console.log((await axios.post(`${origin}/posted`, { a: 1 })).data)
    console.log((await axios.get(`${origin}/away`)).data)
    await axios.get(`${origin}/missing`).catch((error: any) => console.log(error.response.status))
    await axios.get(closed).catch((error: any) => console.log(error.code))
  },
  'axios with fetch': async (require, _load, origin, closed) => {
    const axios = require('axios').create({ adapter: 'fetch' })
    console.log((await axios.get(`${origin}/plain`)).data)
    console.log((await axios.post(`${origin}/posted`, { a: 1 })).data)
    console.log((await axios.get(`${origin}/away`)).data)
    await axios.get(`${origin}/missing`).catch((error: any) => console.log(error.response.status))
    await axios.get(closed).catch((error: any) => console.log(error.cause.cause?.code ?? error.cause.code))
  },
  got: async (_require, load, origin, closed) => {
    const { default: got } = await load('got')
    const client = got.extend({ retry: { limit: 0 } })
    console.log(await client(`${origin}/plain`).text())
    console.log(await client.post(`${origin}/posted`, { json: { a: 1 } }).text())
    console.log(await client(`${origin}/away`).text())
    await client(`${origin}/missing`).catch((error: any) => console.log(error.response.statusCode))
    await client(closed).catch((error: any) => console.log(error.code))
  },
  superagent: async (require, _load, origin, closed) => {
    const superagent = require('superagent')
    console.log((await superagent.get(`${origin}/plain`)).text)
    console.log((await superagent.post(`${origin}/posted`).send({ a: 1 })).text)
    console.log((await superagent.get(`${origin}/away`)).text)
    await superagent.get(`${origin}/missing`).catch((error: any) => console.log(error.status))
    await superagent.get(closed).catch((error: any) => console.log(error.code))
  },
  'node-fetch': async (_require, load, origin, closed) => {
    const { default: fetch } = await load('node-fetch')
    console.log(await (await fetch(`${origin}/plain`)).text())
    console.log(await (await fetch(`${origin}/posted`, { method: 'POST', body: '{"a":1}' })).text())
    console.log(await (await fetch(`${origin}/away`)).text())
    const missing = await fetch(`${origin}/missing`)
    await missing.text()
    console.log(missing.status)
    await fetch(closed).catch((error: any) => console.log(error.code))
  },
}

/** A server that asks another one by such a client in the course of each request. */
const asking = async (client: string): Promise<void> => {
  const { createServer } = require('node:http')
  const { connect } = require('node:net')
  const { once } = require('node:events')
  const ask = require('node:vm').runInThisContext(client)
  const load = (name: string): Promise<unknown> => import(name)
  const other = createServer((req: any, res: any) => {
    if (req.url === '/away') res.writeHead(302, { location: '/plain' })
    if (req.url === '/missing') res.statusCode = 404
    req.resume().on('end', () => res.end(`${req.method} ${req.headers.traceparent !== undefined}`))
  })
  const server = createServer((_: any, res: any) =>
    ask(require, load, `http://127.0.0.1:${other.address().port}`, closed).finally(() => res.end()),
  )
  const gone = createServer()
  for (const each of [other, server, gone]) await once(each.listen(0, '127.0.0.1'), 'listening')
  const closed = `http://127.0.0.1:${gone.address().port}`
  await new Promise((resolve) => gone.close(resolve))
  const socket = connect(server.address().port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket.resume(), 'close')
  for (const each of [other, server]) {
    each.closeAllConnections()
    each.close()
  }
}

describe('an HTTP client', () => {
  for (const [name, client] of Object.entries(CLIENTS)) {
    it(`${name}: one span for each request`, async () => {
      const { spans, stdout } = await succeed(asking, { cwd, args: [`(${client.toString()})`] })
      assert.equal(stdout, 'GET true\nPOST true\nGET true\n404\nECONNREFUSED\n')
      const hop = (method = 'GET'): string[] => [`  ${method}`, `    ${method}`]
      assert.deepEqual(treeOf(spans).split('\n'), [
        'GET',
        ...hop(),
        ...hop('POST'),
        ...hop(),
        ...hop(),
        ...hop(),
        '  GET',
      ])
      const failed = spans.filter((span) => span.failed).map(({ kind }) => kind)
      assert.deepEqual(failed, ['client', 'client'])
    })
  }

  it('http-proxy: what it passes on is part of the trace that came', async () => {
    const { spans, stdout } = await succeed(
      async () => {
        const { createServer, get } = require('node:http')
        const { once } = require('node:events')
        const { createProxyServer } = require('http-proxy')
        const target = createServer((req: any, res: any) =>
          res.end(`${req.url} ${Object.keys(req.headers).filter((name) => name === 'traceparent').length}`),
        )
        await once(target.listen(0, '127.0.0.1'), 'listening')
        const proxy = createProxyServer({ target: `http://127.0.0.1:${target.address().port}` })
        const server = createServer((req: any, res: any) => proxy.web(req, res))
        await once(server.listen(0, '127.0.0.1'), 'listening')
        get({ port: server.address().port, path: '/through', agent: false }, (res: any) => {
          res
            .on('data', (text: any) => console.log(String(text)))
            .on('close', () => {
              for (const each of [server, target]) each.close()
              proxy.close()
            })
        })
      },
      { cwd, env: { NODE_NO_WARNINGS: '1' } },
    )
    assert.equal(stdout, '/through 1\n')
    assert.equal(treeOf(spans), ['GET', '  GET', '    GET', '      GET'].join('\n'))
  })
})
