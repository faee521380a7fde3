'use strict'
const { load, serve, usual, show, failure } = require('../kit.js')
const { http } = load('follow-redirects')

serve(usual, async (base) => {
  const seen = []
  await new Promise((resolve) => {
    const req = http.get(`${base}/redirect`)
    for (const name of ['socket', 'finish', 'response', 'redirect', 'close', 'abort'])
      req.on(name, () => seen.push(name))
    req.on('response', (res) => res.resume().on('end', resolve))
    seen.push(req.constructor.name, typeof req.getHeader('host'), req.path)
    req.setTimeout(5000, () => seen.push('timeout'))
  })
  show(seen)
  await new Promise((resolve) => {
    const req = http
      .get(`${base}/slow`, { timeout: 20 })
      .on('timeout', () => req.destroy(new Error('late')))
      .on('error', (error) => resolve(show(failure(error))))
  })
  await new Promise((resolve) => http.get(`${base}/reset`).on('error', (error) => resolve(show(failure(error)))))
  await new Promise((resolve) => {
    const req = http.request(`${base}/echo`, { method: 'PUT', headers: { 'x-own': '1' } }, (res) =>
      res.on('data', (data) => show(String(data))).on('end', resolve),
    )
    req.write('a')
    req.write('b', () => seen.push('written'))
    req.end('c')
  })
})
