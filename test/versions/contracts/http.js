'use strict'
/** Node's own http: requests by callback, events and promise, keep-alive, errors; and its fetch. */
const { once } = require('node:events')

exports.start = async (library) => {
  const { createServer, get, request, Agent } = Object.fromEntries(
    ['createServer', 'get', 'request', 'Agent'].map((name) => [name, library.get(name)]),
  )
  const other = createServer((req, res) => {
    res.statusCode = req.url === '/missing' ? 404 : 200
    req.resume().on('end', () => res.end(req.method))
  })
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address()
  const keptAlive = new Agent({ keepAlive: true, maxSockets: 1 })
  const read = async (res) => {
    let text = ''
    for await (const chunk of res) text += chunk
    return text
  }
  const got = (options) =>
    new Promise((resolve, reject) => get({ port, agent: false, ...options }, resolve).on('error', reject))
  const scenarios = {
    get: () => got({ path: '/a' }).then(read),
    missing: () => got({ path: '/missing' }).then(async (res) => [await read(res), res.statusCode]),
    post: async () => {
      const req = request({ port, method: 'POST', agent: false })
      req.end('body')
      const [res] = await once(req, 'response')
      return read(res)
    },
    kept: () => Promise.all(['/c', '/d'].map((path) => got({ path, agent: keptAlive }).then(read))),
    refused: () => got({ port: 1 }).catch((error) => error.code),
    fetch: () => fetch(`http://127.0.0.1:${port}/e`).then((response) => response.text()),
  }
  return {
    scenarios,
    stop: () => {
      keptAlive.destroy()
      other.closeAllConnections()
      other.close()
    },
  }
}

exports.expected = () => ({
  get: ['GET', '  GET'],
  missing: ['GET !', '  GET'],
  post: ['POST', '  POST'],
  kept: ['GET', '  GET', 'GET', '  GET'],
  refused: ['GET !'],
  fetch: ['GET', '  GET'],
})
