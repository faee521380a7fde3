'use strict'
const http = require('node:http')
const { promisify, callbackify, inherits } = require('node:util')
const { once } = require('node:events')

const server = http.createServer((_, res) => res.writeHead(201).end('x'))
server.listen(0, async () => {
  const { port } = server.address()
  // A callback with the response in the error's place: promisify rejects with it.
  const answer = await promisify(http.get)({ port }).catch((res) => res)
  console.log(answer.statusCode, promisify(http.request) === http.request, typeof http.get[promisify.custom])
  answer.resume()
  const [res] = await once(http.get({ port }), 'response')
  for await (const chunk of res) console.log(String(chunk))
  const [listening] = await Promise.all([
    once(server, 'request'),
    once(
      http.get({ port }).on('response', (last) => last.resume()),
      'close',
    ),
  ])
  console.log(listening.length, listening[1].constructor.name, typeof callbackify, typeof inherits)
  server.close()
})
