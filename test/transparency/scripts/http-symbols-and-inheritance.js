'use strict'
const { ask, show } = require('../kit.js')
const http = require('node:http')
class Server extends http.Server {
  static get [Symbol.species]() {
    return Array
  }
}
const server = new Server((req, res) => res.end('x'))
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  show(
    (await ask(port)).text,
    server instanceof http.Server,
    Object.getPrototypeOf(server) === Server.prototype,
    Server[Symbol.species] === Array,
  )
  show(
    Object.keys(http.Server.prototype),
    Object.keys(http.ClientRequest.prototype),
    http.Server.length,
    http.Server.name,
    http.request.name,
    http.get.length,
  )
  class Response extends http.ServerResponse {
    end(...args) {
      show('end', args.length)
      return super.end(...args)
    }
  }
  const other = http.createServer({ ServerResponse: Response }, (req, res) =>
    show(res instanceof Response, res.end('y') === res),
  )
  other.listen(0, '127.0.0.1', async () => {
    show((await ask(other.address().port)).text)
    other.close()
    server.close()
  })
})
