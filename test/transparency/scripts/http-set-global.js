'use strict'
const { serve, ask, show } = require('../kit.js')
const http = require('node:http')
const before = http.request
show(Object.getOwnPropertyNames(http).includes('request'), Object.isFrozen(http), http === require('http'))
serve(
  (req, res) => res.end('x'),
  async (_base, port) => {
    http.request = function request(...args) {
      show('mine', args.length)
      return before.apply(this, args)
    }
    show((await ask(port)).text)
    http.request = before
    show((await ask(port)).text, http.request === before)
  },
)
