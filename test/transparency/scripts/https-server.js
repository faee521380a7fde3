'use strict'
const { serve, show } = require('../kit.js')
const https = require('node:https')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const at = (name) => readFileSync(join(__dirname, '..', '..', 'fixtures', name))
const options = { key: at('key.pem'), cert: at('cert.pem') }
serve(
  (req, res) => res.end(`${req.socket.encrypted} ${req.url}`),
  async (_base, port) => {
    const get = (more) =>
      new Promise((resolve) =>
        https
          .get({ port, host: '127.0.0.1', agent: false, rejectUnauthorized: false, ...more }, (res) =>
            res.setEncoding('utf8').on('data', resolve),
          )
          .on('error', (error) => resolve(error.code)),
      )
    show(await get({ path: '/a' }), await get({ rejectUnauthorized: true }), await get({ path: '/b', servername: 'x' }))
    const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false })
    show(await get({ agent }), await get({ agent }))
    agent.destroy()
  },
  (handler) => https.createServer(options, handler),
)
