/**
 * Libraries over pg: what they do shows as pg's queries, each once, in the trace of whoever asked for it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { childrenPath } from '../support/children.js'
import { libraries, succeed, type App } from '../support/run.js'
import { treeOf } from '../support/spans.js'

/** What the application makes in the course of one request; names of tables without the process's id. */
async function below(app: App): Promise<string[]> {
  const { spans } = await succeed(app, { cwd: libraries('seams'), args: [childrenPath] })
  const tree = treeOf(spans).split('\n')
  assert.equal(tree.filter((line) => line === '  GET').length, 1)
  return tree.filter((line) => line.startsWith('    ')).map((line) => line.slice(4).replace(/"?\w+_\d+"?/, 'things'))
}

describe('a library over pg', () => {
  it('pg-promise: queries, a task, a transaction', async () => {
    const tree = await below((children: string) => {
      const pgp = require('pg-promise')()
      const db = pgp(process.env['DATABASE_URL'])
      require(children).inTrace(async () => {
        await db.one('SELECT $1::int AS one', [1])
        await Promise.all([db.any('SELECT 1'), db.any('SELECT 2')])
        await db.task((task: any) => task.any('SELECT 3'))
        await db.tx((transaction: any) => transaction.none('SELECT 4 WHERE false'))
        await db.any('SELECT * FROM nowhere').catch(() => {})
        await db.$pool.end()
      })
    })
    assert.deepEqual(tree, ['SELECT', 'SELECT', 'SELECT', 'SELECT', 'begin', 'SELECT', 'commit', 'SELECT nowhere'])
  })

  it('knex: a schema, builders, a transaction, a stream', async () => {
    const tree = await below((children: string) => {
      const knex = require('knex')({ client: 'pg', connection: process.env['DATABASE_URL'], pool: { min: 0, max: 2 } })
      const table = `knex_${process.pid}`
      require(children).inTrace(async () => {
        await knex.schema.createTable(table, (made: any) => {
          made.increments('id')
          made.string('label')
        })
        await knex(table).insert([{ label: 'a' }, { label: 'b' }])
        await Promise.all([knex(table).select('id'), knex(table).count('id')])
        await knex.transaction((transaction: any) => transaction(table).del())
        await knex.raw('SELECT ?::int', [1])
        await knex.schema.dropTable(table)
        await knex.destroy()
      })
    })
    assert.deepEqual(tree, [
      'select',
      'create table things',
      'insert things',
      'select things',
      'select things',
      'BEGIN',
      'delete things',
      'COMMIT',
      'SELECT',
      'drop table things',
    ])
  })

  it('typeorm: entities, a transaction', async () => {
    const tree = await below((children: string) => {
      const { DataSource, EntitySchema } = require('typeorm')
      const name = `typeorm_${process.pid}`
      const Thing = new EntitySchema({
        name,
        columns: { id: { type: Number, primary: true, generated: true }, label: { type: String } },
      })
      const source = new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'], entities: [Thing] })
      const connected = source.initialize()
      require(children).inTrace(async () => {
        await connected
        await source.query(`CREATE TABLE "${name}" (id serial PRIMARY KEY, label text)`)
        const things = source.getRepository(Thing)
        await things.save({ label: 'a' })
        await Promise.all([things.find(), things.count()])
        await source.transaction((manager: any) => manager.delete(Thing, { label: 'a' }))
        await source.query(`DROP TABLE "${name}"`)
        await source.destroy()
      })
    })
    assert.deepEqual(tree, [
      'CREATE TABLE things',
      'START',
      'INSERT things',
      'COMMIT',
      'SELECT things',
      'SELECT things',
      'START',
      'DELETE things',
      'COMMIT',
      'DROP TABLE things',
    ])
  })

  it('sequelize: a model, a transaction', async () => {
    const tree = await below((children: string) => {
      const { Sequelize, DataTypes } = require('sequelize')
      const sequelize = new Sequelize(process.env['DATABASE_URL'], { logging: false, pool: { max: 1 } })
      const table = `sequelize_${process.pid}`
      const Thing = sequelize.define(table, { label: DataTypes.STRING }, { timestamps: false, tableName: table })
      require(children).inTrace(async () => {
        await sequelize.query(`CREATE TABLE "${table}" (id serial PRIMARY KEY, label text)`)
        await Thing.create({ label: 'a' })
        await Promise.all([Thing.findAll(), Thing.count()])
        await sequelize.transaction((transaction: any) => Thing.destroy({ where: { label: 'a' }, transaction }))
        await sequelize.query(`DROP TABLE "${table}"`)
        await sequelize.close()
      })
    })
    assert.deepEqual(tree, [
      // It sets up the connection and asks for types on its own account.
      'BATCH SET',
      'SELECT pg_range pg_type SELECT pg_type ranges',
      'BATCH SET',
      'CREATE TABLE things',
      'INSERT things',
      'SELECT things',
      'SELECT things',
      'START',
      'DELETE things',
      'COMMIT',
      'DROP TABLE things',
    ])
  })
})
