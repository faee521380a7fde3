'use strict'
const { load, serve, usual, each } = require('../kit.js')
const axios = load('axios')

serve(usual, (base) =>
  each({
    before: () => axios.get(`${base}/echo`, { signal: AbortSignal.abort() }),
    during: () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort('reason'), 20)
      return axios.get(`${base}/slow`, { signal: controller.signal })
    },
    token: () => {
      const source = axios.CancelToken.source()
      setTimeout(() => source.cancel('enough'), 20)
      return axios
        .get(`${base}/slow`, { cancelToken: source.token })
        .catch((error) => [axios.isCancel(error), error.message])
    },
    listeners: async () => {
      const { signal } = new AbortController()
      const add = signal.addEventListener
      let count = 0
      signal.addEventListener = function (...args) {
        count++
        return add.apply(this, args)
      }
      await axios.get(`${base}/echo`, { signal })
      return count
    },
  }),
)
