'use strict'
const http = require('node:http')
const express = require(require.resolve('express', { paths: [process.cwd()] }))

// Express 5 passes rejections on; Express 4 leaves them to the process.
process.on('unhandledRejection', (error, promise) => {
  console.log('unhandled', error?.message ?? error, promise instanceof Promise)
  pending?.status(503).send('unhandled')
})
let pending
const app = express()
app.get('/reject', async (req, res) => {
  pending = res
  await null
  throw new Error('rejected')
})
app.get('/undefined', (req, res) => ((pending = res), Promise.reject()))
app.get('/thenable', (req, res) => ({
  then(resolve) {
    console.log('then called', typeof resolve)
    resolve()
    res.headersSent || res.send('thenable')
  },
}))
app.get('/value', async (req, res) => (res.send('value'), 'ignored'))
app.use((error, req, res, _next) => res.status(500).send(`handled ${error.message}`))
const server = app.listen(0, async () => {
  for (const path of ['/reject', '/undefined', '/value', '/thenable']) {
    await new Promise((resolve) => {
      const req = http.get({ port: server.address().port, path, agent: false }, (res) => {
        res
          .setEncoding('utf8')
          .on('data', (text) => console.log(path, res.statusCode, text))
          .on('end', resolve)
      })
      req.on('error', resolve)
      const onRequest = ({ headers }) => {
        if (headers.later) return
        server.off('request', onRequest)
        // Who comes later and is answered: so would this one be by now.
        const options = { port: server.address().port, path: '/value', agent: false, headers: { later: 'yes' } }
        const later = http.get(options, (res) => {
          const late = () => req.res ?? (console.log(path, 'no answer'), req.destroy())
          res.resume().on('end', () => setImmediate(late))
        })
        // It may come too late for the server.
        later.on('error', () => undefined)
      }
      server.on('request', onRequest)
    })
  }
  server.close()
})
