'use strict'
/** pg: queries of a client and of a pool, by promise and by callback, errors, a pool in which there is a queue. */
exports.start = async (library) => {
  const connectionString = process.env.DATABASE_URL
  // One for each: a client that is busy warns of further queries.
  const clients = []
  const connected = async () => {
    const client = new (library.get('Client'))({ connectionString })
    clients.push(client)
    await client.connect()
    return client
  }
  const [first, second, third, fourth, fifth, sixth, seventh] = await Promise.all(Array.from({ length: 7 }, connected))
  const pool = new (library.get('Pool'))({ connectionString, max: 1 })
  const one = ({ rows }) => rows
  const called = (owner, ...args) =>
    new Promise((resolve, reject) => {
      owner.query(...args, (error, result) => (error ? reject(error) : resolve(one(result))))
    })
  const scenarios = {
    query: () => first.query('SELECT 1 AS one').then(one),
    values: () => second.query('SELECT $1::int AS one', [1]).then(one),
    config: () => third.query({ text: 'SELECT $1::int AS one', values: [1], name: 'one' }).then(one),
    callback: () => called(fourth, 'SELECT 1 AS one'),
    error: () => fifth.query('SELECT nothing FROM nowhere'),
    failed: () => called(sixth, 'SELECT nothing FROM nowhere'),
    pool: () => pool.query('SELECT 1 AS one').then(one),
    borrowed: async () => {
      const borrowed = await pool.connect()
      try {
        return await borrowed.query('SELECT 1 AS one').then(one)
      } finally {
        borrowed.release()
      }
    },
    queued: () => Promise.all(['SELECT 1 AS one', 'SELECT 2 AS two'].map((text) => called(pool, text))),
    context: () =>
      new Promise((resolve, reject) => {
        pool.query('SELECT 1', () => {
          seventh.query('SELECT 2 AS two', (error, result) => (error ? reject(error) : resolve(one(result))))
        })
      }),
  }
  return { scenarios, stop: () => Promise.all([...clients, pool].map((open) => open.end())) }
}

exports.expected = () => ({
  query: ['SELECT'],
  values: ['SELECT'],
  config: ['SELECT'],
  callback: ['SELECT'],
  error: ['SELECT nowhere !'],
  failed: ['SELECT nowhere !'],
  pool: ['SELECT'],
  borrowed: ['SELECT'],
  queued: ['SELECT', 'SELECT'],
  context: ['SELECT', 'SELECT'],
})
