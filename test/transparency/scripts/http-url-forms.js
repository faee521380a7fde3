'use strict'
const { plain, serve, each } = require('../kit.js')
const http = require('node:http')
serve(
  (req, res) => res.end(req.url + plain(req.headers.host) + (req.headers.authorization ?? '')),
  (base, port) => {
    const get = (...args) =>
      new Promise((resolve, reject) =>
        http.get(...args, (res) => res.setEncoding('utf8').on('data', resolve)).on('error', reject),
      )
    return each({
      text: () => get(`${base}/a?b#c`),
      URL: () => get(new URL(`${base}/a`)),
      user: () => get(base.replace('//', '//user:p%40w@')),
      options: () => get(`${base}/a`, { path: '/b' }),
      auth: () => get({ port, auth: 'u:p' }),
      hostname: () => get({ hostname: '127.0.0.1', host: 'ignored', port }),
      inherited: () => get(Object.create({ port, path: '/inherited' })),
      frozen: () => get(Object.freeze({ port, path: '/frozen', headers: Object.freeze({ a: '1' }) })),
    })
  },
)
