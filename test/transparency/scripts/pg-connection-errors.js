'use strict'
const { each } = require('../kit.js')
const { Client, Pool } = require('pg')
const connect = (options) => () => new Client(options).connect()
each({
  refused: connect({ host: '127.0.0.1', port: 1 }),
  database: connect(process.env.DATABASE_URL.replace(/\/[^/]*$/, '/nonsense')),
  pool: () => new Pool({ host: '127.0.0.1', port: 1 }).query('SELECT 1'),
  callback: () =>
    new Promise((resolve) => new Client({ host: '127.0.0.1', port: 1 }).connect((error) => resolve(error.code))),
  twice: async () => {
    const client = new Client(process.env.DATABASE_URL)
    await client.connect()
    await client.query('SELECT 1')
    const failed = await client.connect().catch(({ message }) => message)
    await client.end()
    return failed
  },
})
