'use strict'

// Backends on loopback that answer as the real ones do, for OTLP, Datadog's agent and Elastic's server. One for each
// contestant. They count bytes always, and spans while asked to: reading bodies takes time that others need.

const http = require('node:http')
const { gunzipSync, inflateSync } = require('node:zlib')
const { countSpans } = require('./count-spans')

class Sink {
  constructor() {
    this.bytes = 0
    this.spans = 0
    this.counts = false
    this.server = http.createServer((req, res) => this.take(req, res))
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${this.server.address().port}`
    return this
  }

  take(req, res) {
    const { counts } = this
    const chunks = []
    req.on('data', (chunk) => {
      this.bytes += chunk.length
      if (counts) chunks.push(chunk)
    })
    req.on('error', () => undefined)
    req.on('end', () => {
      if (counts) this.spans += countSpans(req.url, unpacked(req.headers, Buffer.concat(chunks)), req.headers)
      answer(req, res)
    })
  }

  stop() {
    this.server.closeAllConnections()
    this.server.close()
  }
}

function unpacked(headers, body) {
  if (headers['content-encoding'] === 'gzip') return gunzipSync(body)
  return headers['content-encoding'] === 'deflate' ? inflateSync(body) : body
}

function answer({ url }, res) {
  const path = url.split('?')[0]
  if (path.startsWith('/intake/')) return res.writeHead(202).end()
  const isProtobuf = path === '/v1/traces' || path === '/v1/metrics' || path === '/v1/logs'
  res.setHeader('content-type', isProtobuf ? 'application/x-protobuf' : 'application/json')
  if (isProtobuf) return res.end()
  if (path === '/') return res.end('{"version":"8.17.0"}')
  if (path === '/info')
    return res.end('{"version":"7.60.0","endpoints":["/v0.4/traces","/v0.5/traces"],"client_drop_p0s":false}')
  if (path.endsWith('/traces')) return res.end('{"rate_by_service":{"service:,env:":1}}')
  res.end('{}')
}

module.exports = { Sink }
