'use strict'
/** What the scripts have in common. Nothing in here is looked at by a tracer, but for Node's own http. */
const http = require('node:http')
const { lessTracing } = require('./less-tracing.js')

/** A library from the folder of versions in which a script runs. */
const load = (name) => require(require.resolve(name, { paths: [process.cwd()] }))

/** Without ports and times, which differ from run to run. */
const plain = (text) =>
  String(text)
    .replace(/:\d{4,5}\b/g, ':PORT')
    .replace(/\b\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'DATE')

/** Answers with what came. */
function echo(req, res) {
  const chunks = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => {
    const body = Buffer.concat(chunks).toString('latin1')
    res.setHeader('content-type', 'application/json')
    res.end(plain(JSON.stringify({ method: req.method, url: req.url, headers: lessTracing(req.rawHeaders), body })))
  })
}

/** Serves while `use` runs. */
async function serve(handler, use, create = http.createServer) {
  const server = create(handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address()
    await use(`http://127.0.0.1:${port}`, port, server)
  } finally {
    server.close()
    server.closeAllConnections?.()
  }
}

/** Routes by path: the usual server for clients. */
function usual(req, res) {
  const [path, query = ''] = req.url.split('?')
  if (path === '/redirect') return res.writeHead(Number(query) || 302, { location: '/echo?redirected' }).end('moved')
  if (path === '/loop') return res.writeHead(302, { location: '/loop' }).end()
  if (path === '/status') return res.writeHead(Number(query), { 'x-status': query }).end(`status ${query}`)
  if (path === '/gzip') {
    res.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' })
    return res.end(require('node:zlib').gzipSync('zipped'))
  }
  if (path === '/slow') return setTimeout(() => res.end('slow'), 2000).unref()
  if (path === '/reset') return req.socket.destroy()
  if (path === '/cookies') return res.writeHead(200, { 'set-cookie': ['a=1', 'b=2; Path=/'] }).end()
  if (path === '/chunks') {
    res.write('one,')
    return setImmediate(() => (res.write('two,'), res.end('three')))
  }
  if (path === '/nojson') return res.writeHead(200, { 'content-type': 'application/json' }).end('{"a":')
  return echo(req, res)
}

/** One request by http, read to the end. */
function ask(port, options = {}, body) {
  return new Promise((resolve) => {
    const req = http.request({ port, host: '127.0.0.1', agent: false, ...options }, async (res) => {
      let text = ''
      try {
        for await (const chunk of res.setEncoding('latin1')) text += chunk
      } catch (error) {
        text += error.code
      }
      resolve({ status: res.statusCode, headers: res.headers, text })
    })
    req.on('error', (error) => resolve({ status: error.code, headers: {}, text: '' }))
    req.end(body)
  })
}

const show = (...values) =>
  console.log(...values.map((value) => plain(typeof value === 'string' ? value : JSON.stringify(value))))
/** What is worth telling of an error. */
const failure = (error) => [error?.name, error?.code, error?.message, error?.cause?.code].map(plain).join(' | ')
/** Runs one thing after the other and tells how each ended. */
async function each(attempts) {
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      show(name, await attempt())
    } catch (error) {
      show(name, `failed: ${failure(error)}`)
    }
  }
}

module.exports = { load, plain, echo, serve, usual, ask, show, failure, each }
