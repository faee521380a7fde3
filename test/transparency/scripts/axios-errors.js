'use strict'
const { load, serve, usual, each } = require('../kit.js')
const axios = load('axios')

serve(usual, (base) =>
  each({
    404: () => axios.get(`${base}/status?404`),
    500: () =>
      axios
        .get(`${base}/status?500`)
        .catch(({ response, isAxiosError }) => [response.status, response.data, isAxiosError]),
    accepted: () => axios.get(`${base}/status?500`, { validateStatus: () => true }).then(({ status }) => status),
    reset: () => axios.get(`${base}/reset`),
    refused: () => axios.get('http://127.0.0.1:1/'),
    timeout: () => axios.get(`${base}/slow`, { timeout: 30 }),
    'no URL': () => axios.get('nonsense'),
    'no host': () => axios.get('http://nowhere.invalid/').catch(({ code }) => /ENOTFOUND|EAI_AGAIN/.test(code)),
    large: () => axios.get(`${base}/echo`, { maxContentLength: 3 }),
    'large body': () => axios.post(`${base}/echo`, 'x'.repeat(100), { maxBodyLength: 3 }),
    json: () => axios.get(`${base}/nojson`, { responseType: 'json' }).then(({ data }) => data),
  }),
)
