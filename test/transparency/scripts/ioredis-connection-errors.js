'use strict'
const { load, show } = require('../kit.js')
const Redis = load('ioredis')
const client = new Redis({ port: 1, host: '127.0.0.1', retryStrategy: null, maxRetriesPerRequest: 0 })
client
  .on('error', (error) => show('error', error.code))
  .on('close', () => show('close'))
  .on('end', () => show('end'))
client.get('a').catch((error) => show(error.name, error.message))
