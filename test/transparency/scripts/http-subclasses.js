'use strict'
const http = require('node:http')

class Server extends http.Server {
  emit(event, ...args) {
    if (event === 'request') console.log('emit', args.length, args[1] instanceof Response)
    return super.emit(event, ...args)
  }
}
class Response extends http.ServerResponse {
  emit(event, ...args) {
    console.log('response', event)
    return super.emit(event, ...args)
  }
}
class Request extends http.IncomingMessage {
  get path() {
    return this.url.slice(1)
  }
}
class Agent extends http.Agent {
  createConnection(options, callback) {
    console.log('createConnection', options.path, callback.length)
    return super.createConnection(options, callback)
  }
}
function Old(...args) {
  http.ClientRequest.apply(this, args)
}
Object.setPrototypeOf(Old.prototype, http.ClientRequest.prototype)
const server = new Server({ ServerResponse: Response, IncomingMessage: Request }, (req, res) => res.end(req.path))
server.listen(0, () => {
  const { port } = server.address()
  http.get({ port, path: '/sub', agent: new Agent() }, (res) => {
    res
      .setEncoding('utf8')
      .on('data', console.log)
      .on('end', () => {
        const req = new Old({ port, path: '/old' })
        req.on('response', (last) =>
          last
            .setEncoding('utf8')
            .on('data', console.log)
            .on('end', () => server.close()),
        )
        console.log(req instanceof http.ClientRequest, req.constructor === Old)
        req.end()
      })
  })
})
