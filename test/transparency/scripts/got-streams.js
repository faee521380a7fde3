'use strict'
const { load, serve, usual, failure, each } = require('../kit.js')
const got = load('got')
const { pipeline } = require('node:stream/promises')
const { PassThrough, Readable } = require('node:stream')

serve(usual, (base) =>
  each({
    down: async () => {
      const chunks = []
      const stream = got.stream(`${base}/chunks`)
      for await (const chunk of stream) chunks.push(String(chunk))
      return chunks.join('')
    },
    up: async () => {
      const chunks = []
      await pipeline(
        Readable.from(['a', 'b']),
        got.stream.post(`${base}/echo`),
        new PassThrough({ transform: (chunk, _e, done) => (chunks.push(chunk), done()) }),
      )
      return JSON.parse(chunks.join('')).body
    },
    failing: async () => {
      const stream = got.stream(`${base}/status?404`, { retry: 0 })
      return new Promise((resolve) => stream.on('error', (error) => resolve(failure(error))).resume())
    },
    progress: async () => {
      const seen = []
      const promise = got(`${base}/chunks`)
      promise.on('downloadProgress', ({ transferred }) => seen.push(transferred))
      await promise
      return seen.at(-1)
    },
  }),
)
