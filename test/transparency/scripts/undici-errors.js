'use strict'
const { load, serve, usual, each } = require('../kit.js')
const undici = load('undici')
serve(usual, async (base) => {
  await each({
    reset: () => undici.request(`${base}/reset`).catch(({ code }) => code),
    refused: () => undici.request('http://127.0.0.1:1/').catch(({ code }) => code),
    'no URL': () => undici.request('nonsense'),
    timeout: () => undici.request(`${base}/slow`, { headersTimeout: 1 }).catch(({ code }) => code),
    aborted: () => undici.request(base, { signal: AbortSignal.abort() }).catch(({ name }) => name),
    header: () => undici.request(base, { headers: { 'a b': '1' } }),
    method: () => undici.request(base, { method: 'A B' }),
    404: () =>
      undici
        .request(`${base}/status?404`)
        .then(async ({ statusCode, body, headers }) => [statusCode, await body.text(), headers['x-status']]),
  })
  await undici.getGlobalDispatcher().destroy()
})
