'use strict'
const express = require(require.resolve('express', { paths: [process.cwd()] }))

// The application's own frames come first in the stack of what it throws, and only then others.
const own = (error) => {
  const frames = error.stack.split('\n').filter((line) => line.startsWith('    at '))
  const isOwn = (frame) => frame.includes(__filename)
  const first = frames.findIndex((frame) => !isOwn(frame))
  return frames.slice(0, first).map((frame) => frame.replace(/^.*[\\/]/, '').replace(/\)$/, ''))
}
function deeper(what) {
  throw new Error(what)
}
const app = express()
app.use('/middleware', function middleware() {
  deeper('middleware')
})
app.get('/handler', function handler() {
  deeper('handler')
})
app.get('/async', async () => {
  await null
  deeper('async')
})
app.get('/next', (req, res, next) => next(new Error('next')))
app.use((error, req, res, _next) => res.end(`${error.message} ${own(error)}`))
// Express 4 never answers then.
const controller = new AbortController()
process.on('unhandledRejection', (error) => {
  console.log('unhandled', error.message, own(error).join())
  controller.abort()
})

const server = app.listen(0, '127.0.0.1', async () => {
  for (const path of ['/middleware', '/handler', '/next']) {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
    console.log(await response.text())
  }
  const last = fetch(`http://127.0.0.1:${server.address().port}/async`, { signal: controller.signal })
  console.log(await last.then((response) => response.text()).catch((error) => error.name))
  server.closeAllConnections()
  server.close()
})
