import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { traced, tracedAlike } from '../support/alike.js'
import type { Arrived } from '../support/collector.js'
import { runBare, trace, type App } from '../support/run.js'
import { spanNamed, spansOf, statementsOf } from '../support/spans.js'

const address = new URL(process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres')

describe('pg', () => {
  it('tells of a query what, where and by whom', async () => {
    const { spans } = await traced(async () => {
      const { Client } = require('pg')
      const client = new Client(process.env['DATABASE_URL'])
      await client.connect()
      await client.query("SELECT relname, 42 FROM pg_class WHERE relname = 'secret' AND oid > $1", [7])
      await client.end()
    })
    assert.equal(spans.length, 1)
    const [span] = spans as [Arrived]
    assert.equal(span.name, 'SELECT pg_class')
    assert.equal(span.kind, 'client')
    assert.equal(span.component, 'pg')
    assert.equal(span.failed, false)
    assert.deepEqual(span.attributes, {
      'db.system.name': 'postgresql',
      'db.namespace': address.pathname.slice(1),
      'db.user': address.username,
      'db.query.text': 'SELECT relname, ? FROM pg_class WHERE relname = ? AND oid > $1',
      'server.address': address.hostname,
      'server.port': Number(address.port),
    })
  })

  it('tells statements raw, or not at all, if so configured', async () => {
    const app: App = async () => {
      const { Client } = require('pg')
      const client = new Client(process.env['DATABASE_URL'])
      await client.connect()
      await client.query("SELECT 'secret'::int").catch(() => undefined)
      await client.end()
    }
    for (const [policy, statement, message] of [
      ['expose_literals', "SELECT 'secret'::int", 'invalid input syntax for type integer: "secret"'],
      ['off', undefined, 'invalid input syntax for type integer: "?"'],
    ]) {
      const { spans } = await traced(app, { env: { PRETRACE_DB_STATEMENT: policy } })
      assert.equal(spans[0]?.attributes['db.query.text'], statement)
      assert.equal(spans[0]?.events[0]?.attributes['exception.message'], message)
      assert.equal(spans[0]?.name, 'SELECT')
    }
  })

  it('makes one span of each form of a query, and changes none', async () => {
    const { spans } = await tracedAlike(async () => {
      const pg = require('pg')
      const client = new pg.Client(process.env['DATABASE_URL'])
      const say = (...values: unknown[]): void => console.log(...values)
      const told = (error: any, result: any): string => `${error?.message} ${JSON.stringify(result?.rows)}`
      const called = (start: (callback: any) => unknown): Promise<void> =>
        new Promise((resolve) => {
          const returned = start(function (this: unknown, ...args: [any, any]) {
            say(args.length, told(...args))
            resolve()
          })
          say('returned', returned)
        })
      await client.connect()
      const deep = Object.freeze({ text: 'SELECT $1::int AS f', values: [6] })

      say(await client.query('SELECT 1 AS a').then((result: any) => result.rows))
      say(await client.query('SELECT $1::int AS b', [2]).then((result: any) => result.rows))
      await called((callback) => client.query('SELECT 3 AS c', callback))
      await called((callback) => client.query('SELECT $1::int AS d', [4], callback))
      say(await client.query({ text: 'SELECT 5 AS e', rowMode: 'array' }).then((result: any) => result.rows))
      say(await client.query(deep).then((result: any) => result.rows))
      say(await client.query({ text: 'SELECT $1::int AS g' }, [7]).then((result: any) => result.rows))
      await called((callback) => client.query({ text: 'SELECT 8 AS h' }, callback))
      await called((callback) => client.query({ text: 'SELECT $1::int AS i' }, [9], callback))
      await called((callback) => client.query({ text: 'SELECT 10 AS j', callback }))
      say(await client.query({ name: 'k', text: 'SELECT 11 AS k' }).then((result: any) => result.rows))
      say(await client.query({ name: 'k', text: 'SELECT 11 AS k' }).then((result: any) => result.rows))
      say(await client.query({ name: 'k' }).then((result: any) => result.rows))
      say(await client.query('SELECT 12 AS l; SELECT 13 AS m').then((results: any) => results.length))
      await new Promise((resolve) => {
        const query = new pg.Query('SELECT 14 AS n')
        const returned = client.query(query)
        say(returned === query, Object.keys(query).sort(), query.listenerCount('end'), query.listenerCount('row'))
        query.on('row', (row: any) => say(row)).on('end', resolve)
      })
      await called((callback) => client.query(new pg.Query('SELECT 15 AS o'), callback) instanceof pg.Query)
      await called((callback) => client.query(new pg.Query('SELECT $1::int AS p', [16], callback)) instanceof pg.Query)
      await called((callback) => client.query(new pg.Query('SELECT 17 AS q'), undefined, callback) instanceof pg.Query)
      say(client.query.name, client.query.length, pg.Query.prototype.handleError.length)
      await client.end()
    })
    assert.equal(spans.length, 18)
    assert.deepEqual(statementsOf(spans, 'pg'), [
      'SELECT ? AS a',
      'SELECT $1::int AS b',
      'SELECT ? AS c',
      'SELECT $1::int AS d',
      'SELECT ? AS e',
      'SELECT $1::int AS f',
      'SELECT $1::int AS g',
      'SELECT ? AS h',
      'SELECT $1::int AS i',
      'SELECT ? AS j',
      'SELECT ? AS k',
      'SELECT ? AS k',
      'SELECT ? AS k',
      'SELECT ? AS l; SELECT ? AS m',
      'SELECT ? AS n',
      'SELECT ? AS o',
      'SELECT $1::int AS p',
      'SELECT ? AS q',
    ])
    assert.equal(spanNamed(spans, 'BATCH SELECT').attributes['db.operation.batch.size'], 2)
  })

  it('keeps errors, and how and when they come', async () => {
    const { spans } = await tracedAlike(async () => {
      const pg = require('pg')
      const client = new pg.Client(process.env['DATABASE_URL'])
      const say = (...values: unknown[]): void => console.log(...values)
      const shape = (error: any): unknown[] => [error.name, error.message, error.code, error.detail, Object.keys(error)]
      await client.connect()
      for (const nothing of [null, undefined]) {
        try {
          client.query(nothing)
        } catch (error: any) {
          say(error.name, error.message)
        }
      }
      await client.query('CREATE TEMP TABLE people (email text UNIQUE, age int NOT NULL)')
      await client.query("INSERT INTO people VALUES ('ann@example.com', 30)")
      await client.query("INSERT INTO people VALUES ('ann@example.com', 31)").catch((e: any) => say(...shape(e)))
      await client.query('INSERT INTO people VALUES ($1, $2)', ['bob', null]).catch((e: any) => say(...shape(e)))
      await client.query('SELECT $1::int FROM people', ['topsecret']).catch((e: any) => say(...shape(e)))
      await new Promise<void>((resolve) => {
        client.query('SELEC 1', (...args: any[]) => (say(args.length, ...shape(args[0])), resolve()))
      })
      await new Promise<void>((resolve) => {
        client.query(new pg.Query('SELECT * FROM nowhere')).on('error', (e: any) => (say(...shape(e)), resolve()))
      })
      await client.query({ text: 42 }).catch((e: any) => say(...shape(e)))
      await client.query('SELECT $1', [{ toPostgres: () => { throw new Error('unfit') } }]).catch((e: any) => say(...shape(e))) // prettier-ignore
      const stuck = new pg.Client(process.env['DATABASE_URL'])
      await stuck.connect()
      const throwing = {
        text: 'SELECT * FROM thrown',
        submit() {
          throw new Error('no connection will do')
        },
        handleError: (error: any) => say(error.message),
        handleReadyForQuery() {},
      }
      try {
        stuck.query(throwing)
      } catch (error: any) {
        say(error.message)
      }
      await stuck.end()
      process.once('unhandledRejection', (error: any) => {
        say('unhandled', error.message)
        void client.end()
      })
      client.query("SELECT 1 FROM nobody_listens WHERE name = 'x'")
    })
    const failures = spansOf(spans, 'pg').filter((span) => span.failed)
    const facts = failures.map(({ name, attributes, events }) => [
      name,
      attributes['db.response.status_code'],
      attributes['error.type'],
      events[0]?.attributes['exception.message'],
    ])
    assert.deepEqual(facts, [
      ['INSERT people', '23505', '23505', 'duplicate key value violates unique constraint "people_email_key"'],
      [
        'INSERT people',
        '23502',
        '23502',
        'null value in column "age" of relation "people" violates not-null constraint',
      ],
      ['SELECT people', '22P02', '22P02', 'invalid input syntax for type integer: "?"'],
      ['postgres', '42601', '42601', 'syntax error at or near "SELEC"'],
      ['SELECT nowhere', '42P01', '42P01', 'relation "nowhere" does not exist'],
      ['postgres', undefined, 'Error', 'A query must have either text or a name. Supplying neither is unsupported.'],
      ['SELECT', undefined, 'Error', 'unfit'],
      ['SELECT thrown', undefined, 'Error', 'the client does not take this query'],
      ['SELECT nobody_listens', '42P01', '42P01', 'relation "nobody_listens" does not exist'],
    ])
    assert.doesNotMatch(JSON.stringify(spans), /ann@example|topsecret/)
  })

  it('ends the spans of queries that time out, wait, are cut off or come too late', async () => {
    const { spans } = await tracedAlike(async () => {
      const pg = require('pg')
      const say = (...values: unknown[]): void => console.log(...values)
      const connected = async (options?: object): Promise<any> => {
        const client = new pg.Client({ connectionString: process.env['DATABASE_URL'], ...options })
        client.on('error', (error: any) => say('client error', error.message))
        await client.connect()
        return client
      }
      const client = await connected()
      const slow = { text: 'SELECT pg_sleep(0.2) AS timed_out', query_timeout: 30 }
      await client.query(slow).catch((error: any) => say(error.message))
      await Promise.all([client.query('SELECT 1 AS queued_1'), client.query('SELECT 2 AS queued_2')])
      await client.end()
      await client.query('SELECT 3 AS ended').catch((error: any) => say(error.message))
      await new Promise<void>((resolve) => {
        client.query('SELECT 4 AS ended', (error: any) => (say(error.message), resolve()))
      })
      await new Promise<void>((resolve) => {
        client.query(new pg.Query('SELECT 5 AS ended')).on('error', (error: any) => (say(error.message), resolve()))
      })

      const victim = await connected()
      const lost = victim.query('SELECT pg_sleep(9) AS lost').catch((error: any) => say(error.message))
      const behind = victim.query('SELECT 6 AS behind').catch((error: any) => say(error.message))
      const killer = await connected()
      await killer.query('SELECT pg_terminate_backend($1)', [victim.processID])
      await lost
      await behind
      await victim.query('SELECT 7 AS too_late').catch((error: any) => say(error.message))

      const cancelled = new pg.Query('SELECT 8 AS cancelled', (error: any) => say('never called', error))
      const running = killer.query('SELECT 9 AS running')
      killer.query(cancelled)
      new pg.Client(process.env['DATABASE_URL']).cancel(killer, cancelled)
      await running
      await killer.end()
    })
    const ends = spansOf(spans, 'pg').map((span) => [
      String(span.attributes['db.query.text']).split(' AS ')[1] ?? 'kill',
      span.events[0]?.attributes['exception.message'],
    ])
    const closed = 'Client was closed and is not queryable'
    assert.deepEqual(ends, [
      ['timed_out', 'Query read timeout'],
      ['queued_1', undefined],
      ['queued_2', undefined],
      ['ended', closed],
      ['ended', closed],
      ['ended', closed],
      ['lost', 'terminating connection due to administrator command'],
      ['behind', 'Connection terminated unexpectedly'],
      ['kill', undefined],
      ['too_late', 'Client has encountered a connection error and is not queryable'],
      ['running', undefined],
      ['cancelled', 'the query was cancelled before it was sent'],
    ])
  })

  it('lets a client throw as it would, to where Node shows it', async () => {
    const app = (): void => {
      const pg = require('pg')
      new pg.Client().query('SELECT 1', [], 'no function')
    }
    const { stderr, code } = await trace(app)
    const bare = await runBare(app)
    assert.equal(code, bare.code)
    assert.equal(headOf(stderr), headOf(bare.stderr))
  })

  it('traces pipelined queries, each to its own answer', async () => {
    const { spans } = await tracedAlike(async () => {
      const pg = require('pg')
      const Cursor = require('pg-cursor')
      const client = new pg.Client({ connectionString: process.env['DATABASE_URL'], pipeline: true })
      await client.connect()
      const queries = ['SELECT 1 AS a', 'SELECT nothing AS b', 'SELECT 3 AS c'].map((text) => client.query(text))
      for (const settled of await Promise.allSettled(queries)) console.log(JSON.stringify(settled))
      await client.query({ text: 'SELECT 4 AS d', rows: 1 }).catch((error: any) => console.log(error.message))
      client.query(new Cursor('SELECT 5 AS e')).on('error', (error: any) => console.log(error.message))
      await client.end()
    })
    assert.deepEqual(
      spansOf(spans, 'pg').map((span) => span.failed),
      [false, true, false, true, true],
    )
  })
})

/** Where an exception was thrown and what it is, as Node prints it before the stack. */
function headOf(stderr: string): string {
  assert.match(stderr, /TypeError: callback is not a function/)
  return stderr.slice(0, stderr.indexOf('\n    at '))
}
