'use strict'
const { load, serve, usual, each } = require('../kit.js')
const axios = load('axios')

serve(usual, (base) =>
  each({
    form: () =>
      axios
        .postForm(`${base}/echo`, { a: 1, b: 'x' })
        .then(({ data }) => data.body.replaceAll(/-+axios.*?boundary-\S+|axios-\S*/gi, 'B').length > 20),
    urlencoded: () =>
      axios
        .post(`${base}/echo`, { a: [1, 2] }, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
        .then(({ data }) => data.body),
    transform: () =>
      axios
        .post(`${base}/echo`, 'a', { transformRequest: (data) => `${data}b`, transformResponse: (text) => text.length })
        .then(({ data }) => data > 0),
    null: () => axios.post(`${base}/echo`, null).then(({ data }) => [data.body, data.headers]),
  }),
)
