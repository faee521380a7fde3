'use strict'
/** Node's own http2: streams, the form of http, errors, a connection that was opened before. */
const { once } = require('node:events')

exports.start = async (library) => {
  const { createServer, connect } = Object.fromEntries(
    ['createServer', 'connect'].map((name) => [name, library.get(name)]),
  )
  const streams = createServer().on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/refused') return stream.close(7)
    stream.respond({ ':status': headers[':path'] === '/missing' ? 404 : 200 })
    stream.end(headers[':method'])
  })
  const form = createServer((req, res) => req.resume().on('end', () => res.end(req.method)))
  const [first, second] = await Promise.all([streams, form].map(opened))
  async function opened(server) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const session = connect(`http://127.0.0.1:${server.address().port}`)
    await once(session, 'connect')
    return session
  }
  const read = async (stream) => {
    let text = ''
    for await (const chunk of stream) text += chunk
    return text
  }
  const scenarios = {
    get: () => read(first.request({ ':path': '/a' })),
    missing: () => read(first.request({ ':path': '/missing' })),
    refused: () => read(first.request({ ':path': '/refused' })),
    post: () => read(second.request({ ':method': 'POST', ':path': '/b' }).end('body')),
    concurrent: () => Promise.all(['/c', '/d'].map((path) => read(second.request({ ':path': path })))),
    context: () =>
      new Promise((resolve) => {
        first
          .request({ ':path': '/e' })
          .on('response', () => resolve(read(second.request({ ':path': '/f' }))))
          .resume()
      }),
  }
  const stop = () => {
    for (const open of [first, second, streams, form]) open.close()
  }
  return { scenarios, stop }
}

exports.expected = () => ({
  get: ['GET', '  GET'],
  missing: ['GET !', '  GET'],
  refused: ['GET !', '  GET !'],
  post: ['POST', '  POST'],
  concurrent: ['GET', '  GET', 'GET', '  GET'],
  context: ['GET', '  GET', 'GET', '  GET'],
})
