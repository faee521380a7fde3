// What ES modules see of what they import: names, identity with what is required, functions' names and lengths.
import * as child from 'node:child_process'
import * as express from 'express'
import http, * as httpNamespace from 'node:http'
import { createRequire } from 'node:module'
import * as https from 'https'
import * as ioredis from 'ioredis'
import * as pg from 'pg'
import * as redis from 'redis'

const require = createRequire(import.meta.url)
const namespaces = { child_process: child, express, http: httpNamespace, https, ioredis, pg, redis }
for (const [name, namespace] of Object.entries(namespaces)) {
  const required = require(name)
  console.log(name, Object.keys(namespace).join(), namespace.default === required, Object.isFrozen(namespace))
  for (const key of Object.keys(namespace)) {
    const value = namespace[key]
    if (typeof value === 'function') console.log(name, key, value.name, value.length, value === required[key])
  }
}
console.log(http.get === httpNamespace.get, process.listenerCount('exit'), process.argv.length)
const server = http
  .createServer((req, res) => res.end())
  .listen(0, () => {
    httpNamespace.get({ port: server.address().port, agent: false }, (res) => {
      console.log(res.statusCode)
      res.resume().on('close', () => server.close())
    })
  })
