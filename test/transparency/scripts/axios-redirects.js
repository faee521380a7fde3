'use strict'
const { load, serve, usual, show, each } = require('../kit.js')
const axios = load('axios')

serve(usual, (base) =>
  each({
    follows: () => axios.get(`${base}/redirect`).then(({ data, request }) => [data.url, request.res.responseUrl]),
    307: () => axios.post(`${base}/redirect?307`, { a: 1 }).then(({ data }) => [data.method, data.body]),
    303: () => axios.post(`${base}/redirect?303`, { a: 1 }).then(({ data }) => [data.method, data.body]),
    none: () => axios.get(`${base}/redirect`, { maxRedirects: 0 }).catch(({ response }) => response.status),
    loop: () => axios.get(`${base}/loop`, { maxRedirects: 3 }),
    before: () =>
      axios
        .get(`${base}/redirect`, { beforeRedirect: (options, { headers }) => show(options.path, headers.location) })
        .then(({ status }) => status),
  }),
)
