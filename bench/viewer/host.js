'use strict'

// A viewer in a process of its own, which tells what it has used.

const { startViewer } = require('../../dist/viewer/server/index.js')

startViewer({ port: 0, maxBytes: Number(process.argv[2]) }).then(({ url }) => {
  process.on('message', () => {
    globalThis.gc()
    const { user, system } = process.cpuUsage()
    process.send({ cpu: user + system, heap: process.memoryUsage().heapUsed + process.memoryUsage().external })
  })
  process.on('disconnect', () => process.exit())
  process.send({ url })
})
