'use strict'
// No spans: the module as it looks.
const http = require('node:http')
const https = require('node:https')

for (const module of [http, https]) {
  console.log(Object.keys(module))
  for (const name of ['request', 'get', 'createServer']) {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(module, name)
    console.log(name, value.name, value.length, typeof value, flags)
  }
}
console.log(http === require('http'), http.request === require('http').request, http.get !== http.request)
for (const Class of [http.Server, http.ClientRequest, http.ServerResponse, http.IncomingMessage, https.Server]) {
  console.log(
    Class.name,
    Class.length,
    Object.keys(Class.prototype),
    Class.prototype.emit.length,
    Class.prototype.emit.name,
  )
}
