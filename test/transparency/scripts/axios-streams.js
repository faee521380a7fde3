'use strict'
const { load, serve, usual, each } = require('../kit.js')
const axios = load('axios')
const { Readable } = require('node:stream')

serve(usual, (base) =>
  each({
    down: async () => {
      const { data } = await axios.get(`${base}/chunks`, { responseType: 'stream' })
      const chunks = []
      for await (const chunk of data) chunks.push(String(chunk))
      return chunks.join('')
    },
    buffer: () =>
      axios
        .get(`${base}/chunks`, { responseType: 'arraybuffer' })
        .then(({ data }) => [Buffer.isBuffer(data), data.length]),
    up: () => axios.post(`${base}/echo`, Readable.from(['a', 'b', 'c'])).then(({ data }) => data),
    gzip: () => axios.get(`${base}/gzip`).then(({ data, headers }) => [data, headers['content-encoding']]),
    progress: async () => {
      const seen = []
      await axios.get(`${base}/chunks`, { onDownloadProgress: ({ loaded }) => seen.push(loaded) })
      return seen.at(-1)
    },
  }),
)
