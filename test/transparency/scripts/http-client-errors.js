'use strict'
const { serve, ask, show } = require('../kit.js')
const { connect } = require('node:net')
serve(
  (req, res) => res.end('x'),
  async (_base, port, server) => {
    show((await ask(port)).text)
    server.on(
      'clientError',
      (error, socket) => (show(error.code, error.rawPacket?.length), socket.end('HTTP/1.1 400 Own\r\n\r\n')),
    )
    for (const text of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\n\r\n']) {
      await new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(text))
        socket
          .setEncoding('latin1')
          .on('data', (data) => show(data.split('\r\n')[0]))
          .on('close', resolve)
      })
    }
  },
)
