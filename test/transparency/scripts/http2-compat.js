'use strict'
const http2 = require('node:http2')

const log = []
const server = http2.createServer((req, res) => {
  console.log(req.method, req.url, req.httpVersion, req.authority.startsWith('localhost'), req.scheme)
  console.log(Object.keys(req).length, Object.keys(res).length, req.eventNames(), res.eventNames())
  console.log(server.listenerCount('request'), server.listenerCount('stream'), server.eventNames())
  for (const event of ['data', 'end', 'close', 'aborted']) req.on(event, () => log.push(`request ${event}`))
  for (const event of ['finish', 'close']) res.on(event, () => log.push(`response ${event}`))
  res.setHeader('x-answer', 'a')
  console.log(res.getHeaders(), res.headersSent, res.writableEnded)
  if (req.url === '/thrown') {
    res.statusCode = 500
    return res.end(String(new Error('no more').message))
  }
  req.on('end', () => res.writeHead(201, { 'x-late': 'b' }).end('made'))
})
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`)
  const ask = (headers, body) =>
    new Promise((resolve) => {
      const stream = client.request(headers)
      let text = ''
      stream.on('response', ({ date, ...answer }) => console.log({ ...answer }))
      stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      stream.on('close', () => resolve(console.log(text)))
      stream.end(body)
    })
  ask({ ':method': 'POST', ':path': '/made' }, 'body')
    .then(() => ask({ ':path': '/thrown' }))
    .then(() => client.close(() => server.close(() => console.log(log))))
})
