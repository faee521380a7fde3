'use strict'

// The floor: the least that a preload could do. One AsyncLocalStorage run a request, two timestamps and one id a span,
// headers written, nothing recorded, nothing exported. Nobody can be cheaper who does anything at all.

const { AsyncLocalStorage } = require('node:async_hooks')
const { subscribe } = require('node:diagnostics_channel')
const http = require('node:http')
const Module = require('node:module')

const storage = new AsyncLocalStorage()
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function newId() {
  let id = ''
  for (let i = 0; i < 8; i++) id += hex[(Math.random() * 256) | 0]
  return id
}

class Span {
  constructor(trace) {
    this.id = newId()
    this.trace = trace ?? newId()
    this.start = performance.now()
    this.end = 0
  }
  finish() {
    this.end = performance.now()
  }
}

const { emit } = http.Server.prototype
http.Server.prototype.emit = function (event, req, res) {
  if (event !== 'request') return emit.apply(this, arguments)
  const span = new Span()
  res.floorSpan = span
  return storage.run(span, () => emit.apply(this, arguments))
}

const emitInResponse = http.ServerResponse.prototype.emit
http.ServerResponse.prototype.emit = function (event) {
  if (event === 'close') this.floorSpan?.finish()
  return emitInResponse.apply(this, arguments)
}

subscribe('undici:request:create', ({ request }) => {
  const span = new Span(storage.getStore()?.trace)
  request.floorSpan = span
  request.addHeader('traceparent', `00-${span.trace}${span.trace}-${span.id}-01`)
})
subscribe('undici:request:trailers', ({ request }) => request.floorSpan?.finish())

function traced(original) {
  return function (...args) {
    const span = new Span(storage.getStore()?.trace)
    const result = original.apply(this, args)
    if (typeof result?.then === 'function')
      result.then(
        () => span.finish(),
        () => span.finish(),
      )
    return result
  }
}

const load = Module._load
Module._load = function (name) {
  const exports = load.apply(this, arguments)
  if (name === 'pg') wrapOnce(exports.Client.prototype, 'query')
  if (name === './client' || name === '@redis/client') wrapOnce(exports.default?.prototype, 'sendCommand')
  return exports
}

const wrapped = new WeakSet()
function wrapOnce(prototype, name) {
  if (typeof prototype?.[name] !== 'function' || wrapped.has(prototype)) return
  wrapped.add(prototype)
  prototype[name] = traced(prototype[name])
}
