'use strict'
const http2 = require('node:http2')

const log = { server: [], client: [] }
const EVENTS = ['response', 'data', 'end', 'finish', 'close', 'trailers', 'aborted', 'error', 'wantTrailers', 'push']
const watch = (side, name, stream) => {
  for (const event of EVENTS) stream.on(event, (first) => log[side].push(`${name} ${event} ${first?.code ?? ''}`))
}
const ours = /^(?:b3|x-b3-.*|uber-trace-id|uberctx-.*|traceparent|tracestate|baggage)$/
const server = http2.createServer()
server.on('stream', (stream, headers, flags, rawHeaders) => {
  const path = headers[':path']
  watch('server', path, stream)
  console.log(
    path,
    flags,
    Object.keys(headers).filter((name) => !ours.test(name)),
  )
  console.log(rawHeaders.filter((_, i) => i % 2 === 0 && !ours.test(rawHeaders[i])))
  console.log(Object.keys(stream), stream.eventNames(), stream.listenerCount('close'))
  if (path === '/trailers') {
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ done: 'yes' }))
  } else if (path === '/reset') return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
  else stream.respond({ ':status': path === '/missing' ? 404 : 200, 'x-answer': 'a' })
  stream.end(`answer to ${path}`)
})
server.on('error', console.log)
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`)
  const headers = Object.freeze({ ':path': '/frozen', 'x-own': 'mine', [http2.sensitiveHeaders]: ['x-own'] })
  const requests = [headers, { ':path': '/trailers' }, { ':path': '/missing' }, { ':path': '/reset' }]
  const next = () => {
    const given = requests.shift()
    if (given === undefined) {
      for (const bad of ['text', { connection: 'close' }, { ':path': 7 }]) {
        try {
          client
            .request(bad)
            .on('error', () => {})
            .close()
        } catch ({ name, code, message }) {
          console.log(name, code, message)
        }
      }
      client.close(() => server.close())
      return
    }
    const stream = client.request(given)
    watch('client', given[':path'], stream)
    stream.on('response', (answer) =>
      console.log(
        answer[':status'],
        Object.keys(answer).filter((name) => name !== 'date'),
      ),
    )
    stream.on('close', () => {
      console.log(stream.rstCode, stream.destroyed, Object.keys(stream).length, stream.constructor.name)
      console.log(Object.keys(stream.sentHeaders).filter((name) => !ours.test(name)))
      setImmediate(next)
    })
    stream.resume()
  }
  next()
})
process.on('exit', () => console.log(log))
