'use strict'
const { load, serve, usual, each } = require('../kit.js')
const superagent = load('superagent')

serve(usual, (base) =>
  each({
    404: () => superagent.get(`${base}/status?404`),
    500: () =>
      superagent
        .get(`${base}/status?500`)
        .catch((error) => [error.status, error.response.text, Object.keys(error).join()]),
    ok: () =>
      superagent
        .get(`${base}/status?404`)
        .ok(() => true)
        .then(({ status }) => status),
    reset: () => superagent.get(`${base}/reset`).catch(({ code }) => code),
    refused: () => superagent.get('http://127.0.0.1:1/').catch(({ code, errno, syscall }) => [code, errno, syscall]),
    timeout: () =>
      superagent
        .get(`${base}/slow`)
        .timeout({ response: 30 })
        .catch(({ code, timeout, errno }) => [code, timeout, errno]),
    deadline: () =>
      superagent
        .get(`${base}/slow`)
        .timeout({ deadline: 30 })
        .catch(({ code, timeout }) => [code, timeout]),
    json: () => superagent.get(`${base}/nojson`).catch((error) => [error.name, error.rawResponse, error.statusCode]),
    twice: async () => {
      const req = superagent.get(`${base}/echo`)
      return [(await req).status, await req.then(({ status }) => status)]
    },
  }),
)
