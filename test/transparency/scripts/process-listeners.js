'use strict'
// Nobody listens who did not before: to the process, to signals, to servers, requests, responses and sockets.
const http = require('node:http')
const express = require('express')

const emitters = {}
const tell = (when) => {
  for (const [name, emitter] of Object.entries({ process, ...emitters })) {
    const counts = emitter.eventNames().map((event) => `${String(event)}:${emitter.listenerCount(event)}`)
    console.log(when, name, emitter.getMaxListeners(), counts.sort().join())
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']) console.log(signal, process.listeners(signal).length)
}
tell('start')
const server = http.createServer(
  express().get('/', (req, res) => {
    Object.assign(emitters, { req, res, socket: req.socket })
    tell('handled')
    res.end()
  }),
)
emitters.server = server
server.listen(0, () => {
  const request = http.get({ port: server.address().port, agent: false }, (response) => {
    Object.assign(emitters, { response })
    tell('answered')
    response.resume().on('close', () => {
      tell('over')
      server.close()
    })
  })
  Object.assign(emitters, { request })
  tell('asked')
})
