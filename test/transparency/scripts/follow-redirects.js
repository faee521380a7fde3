'use strict'
const { load, serve, usual, each } = require('../kit.js')
const { http, https } = load('follow-redirects')

serve(usual, (base) => {
  const get = (path, options = {}, body = undefined) =>
    new Promise((resolve, reject) => {
      const req = http.request(`${base}${path}`, options, (res) => {
        let text = ''
        res
          .setEncoding('utf8')
          .on('data', (data) => (text += data))
          .on('end', () => resolve([res.statusCode, res.responseUrl, res.redirects.length, text]))
      })
      req.on('error', reject).end(body)
    })
  return each({
    none: () => get('/echo'),
    follows: () => get('/redirect'),
    301: () => get('/redirect?301', { method: 'POST' }, 'x'),
    307: () => get('/redirect?307', { method: 'POST' }, 'x'),
    loop: () => get('/loop', { maxRedirects: 2 }),
    off: () => get('/redirect', { followRedirects: false }),
    tracked: () => get('/redirect', { trackRedirects: true }),
    before: () => get('/redirect', { beforeRedirect: (options) => (options.path = '/echo?changed') }),
    shape: () => [Object.keys(http).sort().join(), typeof https.get, http.request.length, http.get.name],
  })
})
