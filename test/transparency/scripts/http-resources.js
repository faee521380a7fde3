'use strict'
// What keeps the process alive, and what is said of many listeners: nothing of the preload's.
const http = require('node:http')

process.on('warning', ({ name, message }) => console.log(name, message))
const resources = (when) => console.log(when, process.getActiveResourcesInfo().sort().join())
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const server = http.createServer((req, res) => {
  if (req.url === '/12') resources('in a handler')
  res.end('x')
})
resources('before')
server.listen(0, async () => {
  resources('listening')
  for (let i = 0; i < 25; i++) {
    await new Promise((resolve) => {
      http.get({ port: server.address().port, agent, path: `/${i}` }, (res) => res.resume().on('close', resolve))
    })
  }
  // By now spans have been sent.
  setTimeout(() => {
    resources('after many')
    agent.destroy()
    server.close(() => setTimeout(resources, 100, 'closed'))
  }, 400)
})
process.on('exit', () => resources('at exit'))
