'use strict'
/** Prisma by its adapter for pg: models, raw queries, a transaction, errors. */
const { join } = require('node:path')

exports.start = async (library) => {
  const { PrismaClient } = require(join(process.cwd(), 'generated'))
  const adapter = new (library.get('PrismaPg'))({ connectionString: process.env.DATABASE_URL })
  const client = new PrismaClient({ adapter })
  // Another program may be making it at the same moment.
  await client
    .$executeRawUnsafe('CREATE TABLE IF NOT EXISTS "Thing" (id serial PRIMARY KEY, label text)')
    .catch(() => {})
  const scenarios = {
    raw: () => client.$queryRawUnsafe('SELECT 1 AS one'),
    model: () => client.thing.count({ where: { label: 'nothing has this' } }),
    written: () => client.thing.create({ data: { label: 'a' } }).then(({ label }) => label),
    transaction: () =>
      client.$transaction([
        client.thing.count({ where: { label: 'b' } }),
        client.thing.deleteMany({ where: { label: 'b' } }),
      ]),
    error: () => client.$queryRawUnsafe('SELECT nothing FROM nowhere').catch(({ code }) => code),
  }
  return { scenarios, stop: () => client.$disconnect() }
}

const COUNT = 'SELECT SELECT "public"."Thing"'

exports.expected = () => ({
  raw: ['SELECT'],
  // It counts what it selects.
  model: [COUNT],
  written: ['INSERT "public"."Thing"'],
  transaction: ['BEGIN', COUNT, 'DELETE "public"."Thing"', 'COMMIT'],
  error: ['SELECT nowhere !'],
})
