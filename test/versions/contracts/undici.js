'use strict'
/** undici: fetch, request, stream, a pool in which there is a queue, errors. */
const { createServer } = require('node:http')
const { Writable } = require('node:stream')

exports.start = async (library) => {
  const other = createServer((req, res) => {
    res.statusCode = req.url === '/missing' ? 404 : 200
    res.end('answered')
  })
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${other.address().port}`
  const { fetch, request, stream } = Object.fromEntries(
    ['fetch', 'request', 'stream'].map((name) => [name, library.get(name)]),
  )
  const pool = new (library.get('Pool'))(origin, { connections: 1 })
  const text = ({ body }) => body.text()
  const scenarios = {
    request: () => request(`${origin}/a`).then(text),
    missing: () => request(`${origin}/missing`).then(({ statusCode, body }) => body.text().then(() => statusCode)),
    stream: async () => {
      let length = 0
      const sink = () => new Writable({ write: (chunk, encoding, done) => done((length += chunk.length) && null) })
      await stream(`${origin}/b`, { method: 'GET' }, sink)
      return length
    },
    queued: () => Promise.all(['/c', '/d'].map((path) => pool.request({ path, method: 'GET' }).then(text))),
    refused: () => request('http://127.0.0.1:1/').catch((error) => error.code),
    callback: () =>
      new Promise((resolve, reject) => {
        request(`${origin}/e`, (error, first) => {
          if (error) return reject(error)
          text(first).then(() => resolve(request(`${origin}/f`).then(text)))
        })
      }),
  }
  // Not to be had on the Nodes for which the first versions were made.
  if (typeof fetch === 'function') scenarios.fetch = () => fetch(`${origin}/g`).then((response) => response.text())
  return {
    scenarios,
    stop: async () => {
      await pool.close()
      await library.get('getGlobalDispatcher')().close()
      other.closeAllConnections?.()
      other.close()
    },
  }
}

exports.expected = () => ({
  request: ['GET', '  GET'],
  missing: ['GET !', '  GET'],
  stream: ['GET', '  GET'],
  queued: ['GET', '  GET', 'GET', '  GET'],
  refused: ['GET !'],
  callback: ['GET', '  GET', 'GET', '  GET'],
  fetch: ['GET', '  GET'],
})
