import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { traced, tracedAlike } from '../support/alike.js'
import { root } from '../support/run.js'
import { assertChild, spanNamed, spansOf, statementsOf } from '../support/spans.js'

const api = join(root, 'dist', 'src', 'index.js')

describe('pg and its pool', () => {
  it('makes one span of pool.query, and siblings of a transaction', async () => {
    const { spans } = await tracedAlike(async () => {
      const { Pool } = require('pg')
      const pool = new Pool({ connectionString: process.env['DATABASE_URL'] })
      const say = (...values: unknown[]): void => console.log(...values)
      say((await pool.query('SELECT 1 AS a')).rows, (await pool.query('SELECT $1::int AS b', [2])).rows)
      await new Promise<void>((resolve) => {
        say(pool.query('SELECT 3 AS c', (...args: any[]) => (say(args.length, args[0], args[1].rows), resolve())))
      })
      await new Promise<void>((resolve) => {
        pool.query({ text: 'SELECT $1::int AS d' }, [4], (_: unknown, { rows }: any) => (say(rows), resolve()))
      })
      await new Promise<void>((resolve) => {
        say(pool.query((error: any) => (say(error.message), resolve())))
      })
      await new Promise<void>((resolve) => {
        const returned = pool.connect(async (...args: any[]) => {
          say(args.length, args[0], args[1].release === args[2])
          for (const text of ['BEGIN', 'SELECT 5 AS e', 'COMMIT']) await args[1].query(text)
          args[2]()
          resolve()
        })
        say(returned)
      })
      const client = await pool.connect()
      say((await client.query('SELECT 6 AS f')).rows)
      client.release()
      await pool.end()
      await pool.connect().catch((error: any) => say(error.message))
    })
    assert.deepEqual(statementsOf(spans, 'pg'), [
      'SELECT ? AS a',
      'SELECT $1::int AS b',
      'SELECT ? AS c',
      'SELECT $1::int AS d',
      'BEGIN',
      'SELECT ? AS e',
      'COMMIT',
      'SELECT ? AS f',
    ])
    assert.ok(spans.every((span) => span.parentSpanId === undefined))
  })

  it('tells with the first query on a connection how long it was waited for, in whatever form', async () => {
    const { spans } = await tracedAlike(async () => {
      const { Pool } = require('pg')
      const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
      await pool.query('SELECT 0 AS unwaited')
      await Promise.all([
        pool.query('SELECT pg_sleep(0.05)'),
        pool.query('SELECT 1 AS queued'),
        pool.connect().then(async (client: any) => {
          await client.query('SELECT 2 AS borrowed')
          await client.query('SELECT 3 AS again')
          client.release()
        }),
        new Promise((resolve) => pool.query('SELECT 4 AS called', resolve)),
      ])
      await pool.end()
      console.log('done')
    })
    const waits = spansOf(spans, 'pg').map(({ attributes }) => [
      /AS (\w+)/.exec(String(attributes['db.query.text']))?.[1],
      Number(attributes['db.pool.wait_ms']) >= 50,
    ])
    assert.deepEqual(waits, [
      ['unwaited', false],
      [undefined, false],
      ['queued', true],
      ['borrowed', true],
      ['again', false],
      ['called', true],
    ])
  })

  it('puts each query below the request that asked for it, however long it waits and whoever gives way', async () => {
    const { spans } = await traced(
      async (api: string) => {
        const { Pool } = require('pg')
        const { tracer, withSpan, activeSpan } = require(api)
        const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 3 })
        const sleep = (): number => Math.random() * 0.02
        const seen: unknown[] = []
        const finish = async (work: Promise<unknown>, done: () => void): Promise<void> => {
          await work
          done()
        }
        const useClient = async (id: number): Promise<void> => {
          const client = await pool.connect()
          await client.query(`SELECT pg_sleep(${sleep()}) FROM pg_class AS q_${id} LIMIT 1`)
          client.release()
        }
        const ways = [
          (id: number, done: () => void) =>
            pool.query(`SELECT pg_sleep($1) FROM pg_class AS q_${id} LIMIT 1`, [sleep()], done),
          (id: number, done: () => void) =>
            finish(pool.query(`SELECT pg_sleep($1) FROM pg_class AS q_${id} LIMIT 1`, [sleep()]), done),
          (id: number, done: () => void) =>
            pool.connect((_error: unknown, client: any, release: () => void) => {
              seen.push([id, activeSpan()?.context().toSpanId()])
              client.query(`SELECT pg_sleep(${sleep()}) FROM pg_class AS q_${id} LIMIT 1`, () => {
                release()
                done()
              })
            }),
          (id: number, done: () => void) => finish(useClient(id), done),
        ]
        const request = (id: number): Promise<void> =>
          new Promise((resolve) => {
            const span = tracer.startSpan(`request ${id}`)
            const expected = span.context().toSpanId()
            withSpan(span, () => {
              void ways[id % 4]?.(id, () => {
                if (activeSpan() !== span) console.log(`${id} went on elsewhere`)
                // A second query, from within the first one's callback.
                void ways[(id + 1) % 2]?.(id, () => {
                  if (activeSpan() !== span) console.log(`${id} ended elsewhere`)
                  span.finish()
                  resolve()
                })
              })
            })
            if (seen.some(([own, active]: any) => own === id && active !== expected)) console.log('connected elsewhere')
          })
        await Promise.all(Array.from({ length: 60 }, (_, id) => request(id)))
        await pool.end()
      },
      { args: [api] },
    ).then((ran) => {
      assert.equal(ran.stdout, '')
      return ran
    })
    const queries = spansOf(spans, 'pg')
    assert.equal(queries.length, 120)
    for (const query of queries) {
      const id = /AS q_(\d+) LIMIT/.exec(String(query.attributes['db.query.text']))?.[1]
      assertChild(query, spanNamed(spans, `request ${id}`))
    }
  })

  it("runs callbacks and events of a query, a cursor and a stream in the caller's scope", async () => {
    const { stdout } = await traced(
      async (api: string) => {
        const pg = require('pg')
        const Cursor = require('pg-cursor')
        const QueryStream = require('pg-query-stream')
        const { tracer, withSpan, activeSpan } = require(api)
        const client = new pg.Client(process.env['DATABASE_URL'])
        const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
        pool.on('error', () => undefined)
        await withSpan(tracer.startSpan('opens the connections'), async () => {
          await client.connect()
          await pool.query('SELECT 1')
        })
        const check = (name: string, start: (see: (what: string) => void, done: () => void) => void): Promise<void> =>
          new Promise((resolve) => {
            const span = tracer.startSpan(name)
            const found = new Set<string>()
            withSpan(span, () =>
              start(
                (what) => found.add(`${what}: ${activeSpan() === span ? 'own' : 'other'}`),
                () => {
                  console.log(name, [...found].sort().join(', '))
                  resolve()
                },
              ),
            )
          })
        const series = 'SELECT * FROM generate_series(1, 250) AS n'
        await check('query', (see, done) => {
          const query = client.query(new pg.Query(series))
          query.on('row', () => see('row')).on('end', () => (see('end'), done()))
        })
        await check('failure', (see, done) => {
          client.query(new pg.Query('SELECT nothing')).on('error', () => (see('error'), done()))
        })
        await check('callback', (see, done) => client.query('SELECT nothing', () => (see('callback'), done())))
        await check('timeout', (see, done) => {
          client.query({ text: 'SELECT pg_sleep(0.1)', query_timeout: 10 }, () => (see('callback'), done()))
        })
        await check('cursor', (see, done) => {
          const cursor = client.query(new Cursor(series))
          cursor.on('end', () => (see('end'), setImmediate(done)))
          const read = (): void =>
            cursor.read(100, (_error: unknown, rows: unknown[]) => {
              see('read')
              if (rows.length > 0) read()
            })
          read()
        })
        await check('stream', (see, done) => {
          const stream = client.query(new QueryStream(series))
          stream.on('data', () => see('data')).on('end', () => (see('end'), done()))
        })
        await check('pool that loses its connection', (see, done) => {
          pool.query('SELECT pg_terminate_backend(pg_backend_pid())', () => (see('callback'), done()))
        })
        await client.end()
        await pool.end()
      },
      { args: [api] },
    )
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'query end: own, row: own',
      'failure error: own',
      'callback callback: own',
      'timeout callback: own',
      'cursor end: own, read: own',
      'stream data: own, end: own',
      'pool that loses its connection callback: own',
    ])
  })

  it("leaves the application's AsyncLocalStorage, listeners and promises as they are", async () => {
    await tracedAlike(async () => {
      const pg = require('pg')
      const { AsyncLocalStorage } = require('node:async_hooks')
      class OwnPromise<T> extends Promise<T> {}
      const storage = new AsyncLocalStorage()
      const client = new pg.Client({ connectionString: process.env['DATABASE_URL'], Promise: OwnPromise })
      const listeners = (emitter: any): unknown[] => emitter.eventNames().map((name: string) => [name, emitter.listenerCount(name)]) // prettier-ignore
      await storage.run('connects', () => client.connect())
      const before = JSON.stringify([
        listeners(client),
        listeners(client.connection),
        listeners(client.connection.stream),
      ])
      for (let i = 0; i < 50; i++) await client.query('SELECT 1')
      const after = JSON.stringify([
        listeners(client),
        listeners(client.connection),
        listeners(client.connection.stream),
      ])
      console.log(before === after, client.query('SELECT 1') instanceof OwnPromise)
      const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
      await pool.query('SELECT 1')
      const [idle] = pool._clients
      const atFirst = JSON.stringify([listeners(idle), listeners(idle.connection), listeners(pool)])
      for (let i = 0; i < 50; i++) await pool.query('SELECT 1')
      console.log(JSON.stringify([listeners(idle), listeners(idle.connection), listeners(pool)]) === atFirst)
      console.log(atFirst)
      await pool.end()
      await new Promise<void>((resolve) => {
        storage.run('asks', () => client.query('SELECT 2', () => (console.log(storage.getStore()), resolve())))
      })
      let ticks = 0
      const counted = client.query('SELECT 3', () => undefined)
      const order: string[] = []
      const answered = client.query('SELECT 4').then(() => order.push(`answered after ${ticks}`))
      client.connection.on('readyForQuery', () => {
        ticks = 0
        const tick = (): void => { if (++ticks < 9) queueMicrotask(tick) } // prettier-ignore
        queueMicrotask(tick)
      })
      await answered
      console.log(counted, order)
      await client.end()
    })
  })

  it('keeps the scope of requests that are not sampled', async () => {
    const { spans, stdout } = await traced(
      async (api: string) => {
        const { Client } = require('pg')
        const { tracer, withSpan, activeSpan } = require(api)
        const client = new Client(process.env['DATABASE_URL'])
        await client.connect()
        const span = tracer.startSpan('request')
        await new Promise<void>((resolve) => {
          withSpan(span, () => client.query('SELECT 1', () => (console.log(activeSpan() === span), resolve())))
        })
        await client.end()
      },
      { args: [api], env: { OTEL_TRACES_SAMPLER: 'always_off' } },
    )
    assert.equal(stdout, 'true\n')
    assert.equal(spans.length, 0)
  })
})
