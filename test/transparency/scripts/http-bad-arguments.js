'use strict'
const http = require('node:http')
const https = require('node:https')

const attempts = {
  'no arguments': () => http.request(),
  null: () => http.get(null),
  'bad URL': () => http.get('not a url'),
  'bad protocol': () => http.get('https://localhost/'),
  'bad protocol of https': () => https.get({ protocol: 'http:' }),
  'bad path': () => http.get({ path: '/a b' }),
  'bad method': () => http.get({ method: 'A B' }),
  'bad method type': () => http.get({ method: 7 }),
  'bad header name': () => http.get({ headers: { 'a b': '1' } }),
  'bad header value': () => http.get({ headers: { a: 'line\nbreak' } }),
  'undefined header': () => http.get({ headers: { a: undefined } }),
  'odd array': () => http.get({ headers: ['Host', 'a', 'b'] }),
  'odd pairs': () => http.get({ headers: [['Host']] }),
  'bad host': () => http.get({ host: 7 }),
  'bad agent': () => http.get({ agent: 7 }),
  'bad timeout': () => http.get({ timeout: 'x' }),
  'bad signal': () => http.get({ signal: 'x' }),
  'bad options after URL': () => http.get('http://localhost', 7, 8),
  'throwing connection': () =>
    http.get({
      createConnection: () => {
        throw new Error('mine')
      },
    }),
  'without new': () => http.ClientRequest({}),
}
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    const req = attempt()
    console.log(name, typeof req)
    req.on('error', () => undefined).destroy()
  } catch (error) {
    console.log(name, error.name, error.code, error.message)
  }
}
