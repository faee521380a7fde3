'use strict'
const pg = require('pg')

console.log(Object.keys(pg).join())
for (const [name, owner] of Object.entries({
  Client: pg.Client.prototype,
  Pool: pg.Pool.prototype,
  Query: pg.Query.prototype,
})) {
  for (const method of ['connect', 'query', 'end', 'submit', 'release']) {
    if (owner[method]) console.log(name, method, owner[method].name, owner[method].length)
  }
  console.log(
    name,
    Object.keys(owner).join(),
    Object.getOwnPropertyNames(Object.getPrototypeOf(owner)).includes('emit'),
  )
}
class Mine extends pg.Client {
  query(...args) {
    console.log('mine', args.length, typeof args.at(-1))
    return super.query(...args)
  }
}
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, Client: Mine, Promise })
pool.query('SELECT 1 AS n').then(async ({ rows }) => {
  console.log(rows, pool instanceof pg.Pool)
  const client = new Mine(process.env.DATABASE_URL)
  console.log(Reflect.ownKeys(client).map(String).join(), client.eventNames().length)
  await client.connect()
  console.log((await client.query('SELECT 2 AS n')).rows, client.connection.listenerCount('error'))
  await Promise.all([client.end(), pool.end()])
})
