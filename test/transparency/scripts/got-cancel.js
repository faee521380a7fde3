'use strict'
const { load, serve, usual, each } = require('../kit.js')
const got = load('got')

serve(usual, (base) =>
  each({
    cancel: () => {
      const promise = got(`${base}/slow`)
      setTimeout(() => promise.cancel(), 20)
      return promise.catch((error) => [error.name, promise.isCanceled])
    },
    destroyed: () => {
      const stream = got.stream(`${base}/slow`)
      stream.on('request', (request) => setTimeout(() => stream.destroy(new Error(request.constructor.name)), 20))
      return new Promise((resolve) => stream.on('error', (error) => resolve(error.message)).resume())
    },
    timings: () =>
      got(`${base}/echo`).then(({ timings }) => [Object.keys(timings).join(), Object.keys(timings.phases).join()]),
  }),
)
