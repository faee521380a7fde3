'use strict'
// No spans: events made up by the application.
const http = require('node:http')

const server = http.createServer()
server.on('request', (...args) => console.log('one', args.length, args[0], args[1]))
server.on('request', function (req) {
  console.log('two', this === server, req === given[0])
})
let given
const odd = [
  [{}, {}],
  [{ headers: {}, method: 'GET', url: '/a' }, { statusCode: 1 }],
  [{ headers: null }, null],
  ['text', 7],
  [],
  [Object.freeze({ headers: Object.freeze({ 'x-b3-sampled': 1, b3: ['0'], traceparent: {} }) }), Object.freeze({})],
  [new Proxy({}, { get: (_, key) => (typeof key === 'symbol' ? undefined : `got ${key}`) }), {}, 'more'],
]
for (given of odd) console.log(server.emit('request', ...given))
for (const event of ['checkContinue', 'upgrade', 'connect', 'x']) console.log(event, server.emit(event, {}, {}))
