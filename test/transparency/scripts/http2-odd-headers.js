'use strict'
const { show } = require('../kit.js')
const { lessTracing } = require('../less-tracing.js')
const http2 = require('node:http2')

/** Whether an array is understood differs from Node to Node; in pairs it is, where it is at all. */
const withSymbol = Object.assign([':path', '/list', 'secret', '1'], { [http2.sensitiveHeaders]: ['secret'] })
const read = []
const GIVEN = {
  nothing: undefined,
  null: null,
  text: 'x',
  frozen: Object.freeze({ ':path': '/frozen' }),
  sensitive: { ':path': '/sensitive', secret: '1', [http2.sensitiveHeaders]: ['secret'] },
  inherited: Object.create({ ':path': '/inherited' }),
  getters: {
    get ':path'() {
      read.push('path')
      return `/getters/${read.length}`
    },
    get ':method'() {
      read.push('method')
      return 'PUT'
    },
  },
  throwing: {
    get ':path'() {
      throw new RangeError('of the application')
    },
  },
  empty: [],
  'sensitive list': withSymbol,
  'odd list': ['x-odd'],
  'list of symbols': [':path', Symbol('x')],
  'bad name': { 'a b': '1' },
  'bad type': { ':method': Symbol('x') },
}

function sentAs({ sentHeaders }) {
  const names = lessTracing(Object.keys(sentHeaders).flatMap((name) => [name, ''])).filter(Boolean)
  return [names.sort().join(), sentHeaders[http2.sensitiveHeaders]]
}

async function attempt(session, name) {
  try {
    const stream = session.request(GIVEN[name])
    stream.on('error', ({ code }) => show('error', code))
    show(name, ...sentAs(stream))
    for await (const chunk of stream) show(String(chunk))
  } catch (error) {
    show(name, error.name, error.code, error.message, /\n +at .*odd-headers/.test(error.stack))
  }
}

const server = http2.createServer()
server.on('stream', (stream, headers, _, raw) => {
  stream.respond()
  stream.end(JSON.stringify([headers[':method'], headers[':path'], headers[http2.sensitiveHeaders], lessTracing(raw)]))
})
server.listen(0, '127.0.0.1', async () => {
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`)
  session.on('error', ({ code }) => show('session', code))
  for (const name of Object.keys(GIVEN)) await attempt(session, name)
  show(read)
  session.close()
  server.close()
})
