'use strict'
const http = require('node:http')
const { AsyncLocalStorage } = require('node:async_hooks')

const als = new AsyncLocalStorage()
const server = http.createServer((req, res) => {
  if (req.method === 'POST') return req.pipe(res)
  res.write('one ')
  setTimeout(() => res.end('two'), 20)
})
server.listen(0, async () => {
  const at = `http://127.0.0.1:${server.address().port}`
  await als.run('mine', async () => {
    const response = await fetch(at)
    console.log(als.getStore(), response.body.locked)
    const copy = response.clone()
    const chunks = []
    for await (const chunk of response.body) chunks.push(Buffer.from(chunk).toString())
    console.log(chunks.join(''), await copy.text(), als.getStore())
  })
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('streamed'))
      controller.close()
    },
  })
  console.log(await (await fetch(at, { method: 'POST', body, duplex: 'half' })).text())
  const unread = await fetch(at)
  await unread.body.cancel()
  console.log(
    unread.bodyUsed,
    await Promise.all(['a', 'b', 'c'].map(async (text) => (await fetch(at, { method: 'POST', body: text })).text())),
  )
  server.close()
  server.closeAllConnections()
})
