'use strict'
const { load, serve, usual, show } = require('../kit.js')
const undici = load('undici')
serve(usual, async (base) => {
  const client = new undici.Client(base)
  const { Readable } = require('node:stream')
  const own = await client.request({
    path: '/echo',
    method: 'PUT',
    body: Readable.from(['a', 'b']),
    headers: { traceparent: 'mine', 'x-own': '1' },
  })
  show(await own.body.json())
  const chunks = []
  for await (const chunk of client.pipeline({ path: '/echo', method: 'POST' }, ({ body }) => body).end('piped'))
    chunks.push(String(chunk))
  show(JSON.parse(chunks.join('')).body)
  const { body } = await client.request({ path: '/chunks', method: 'GET' })
  show(await body.arrayBuffer().then(({ byteLength }) => byteLength), body.bodyUsed)
  await client.close()
})
