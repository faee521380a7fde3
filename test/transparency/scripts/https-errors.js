'use strict'
const { serve, each } = require('../kit.js')
const https = require('node:https')
const tries = {
  protocol: () => https.get('http://127.0.0.1/'),
  nothing: () => new Promise((resolve, reject) => https.get().on('error', reject)),
  refused: () => new Promise((resolve, reject) => https.get({ port: 1, host: '127.0.0.1' }).on('error', reject)),
  plain: () =>
    new Promise((resolve, reject) =>
      serve(
        (req, res) => res.end(),
        (_base, port) =>
          new Promise((done) =>
            https.get({ port, host: '127.0.0.1' }).on('error', (error) => (done(), resolve(error.code))),
          ),
      ),
    ),
}
each(tries)
