import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import { namesOf, spansOf } from '../support/spans.js'

describe("pg, with queries of the application's own making,", () => {
  it('ends the spans of cursors and streams when they are through, closed, broken off or abandoned', async () => {
    const { spans } = await tracedAlike(async () => {
      const pg = require('pg')
      const Cursor = require('pg-cursor')
      const QueryStream = require('pg-query-stream')
      const say = (...values: unknown[]): void => console.log(...values)
      const shape = (object: any): unknown[] => [Object.keys(object).sort(), object.eventNames?.()]
      const client = new pg.Client(process.env['DATABASE_URL'])
      await client.connect()
      const series = 'SELECT * FROM generate_series(1, $1)'

      const cursor = new Cursor(`${series} /* in turns */ AS read(n)`, [5])
      say(client.query(cursor) === cursor, ...shape(cursor))
      for (let rows = await cursor.read(2); rows.length > 0; rows = await cursor.read(2)) say(rows)
      const closed = client.query(new Cursor(`${series} AS closed(n)`, [500]))
      say((await closed.read(3)).length)
      await closed.close()
      const broken = client.query(new Cursor(`SELECT 1 / (3 - n) FROM generate_series(1, $1) AS broken(n)`, [5]))
      await broken.read(9).catch((error: any) => say(error.message))

      const stream = new QueryStream(`${series} AS streamed(n)`, [250])
      say(client.query(stream) === stream, ...shape(stream))
      let count = 0
      for await (const row of stream) count += Number(row.n > 0)
      say(count)
      const destroyed = client.query(new QueryStream(`${series} AS destroyed(n)`, [5000]))
      for await (const row of destroyed) if (row.n === 2) break
      const failing = client.query(
        new QueryStream(`SELECT 1 / (200 - n) FROM generate_series(1, $1) AS failing(n)`, [500]),
      )
      await failing.forEach(() => undefined).catch((error: any) => say(error.message))

      const abandoned = client.query(new Cursor(`${series} AS abandoned(n)`, [500]))
      say((await abandoned.read(3)).length)
      await client.end()
    })
    const ends = spansOf(spans, 'pg').map(({ name, attributes, events }) => [
      /AS (\w+)(?:\(n\))?$/.exec(String(attributes['db.query.text']))?.[1],
      name,
      events[0]?.attributes['exception.message'],
    ])
    assert.deepEqual(ends, [
      ['read', 'SELECT generate_series', undefined],
      ['closed', 'SELECT generate_series', undefined],
      ['broken', 'SELECT generate_series', 'division by zero'],
      ['streamed', 'SELECT generate_series', undefined],
      ['destroyed', 'SELECT generate_series', undefined],
      ['failing', 'SELECT generate_series', 'division by zero'],
      ['abandoned', 'SELECT generate_series', 'Connection terminated'],
    ])
  })

  it('sees the end of any object that pg takes for a query', async () => {
    const { spans } = await tracedAlike(async () => {
      const pg = require('pg')
      const client = new pg.Client(process.env['DATABASE_URL'])
      await client.connect()
      let going: () => void
      class CopyOut {
        readonly text = 'COPY (SELECT 42) TO STDOUT'
        done = (): void => undefined
        submit(connection: any): void {
          connection.query(this.text)
        }
        handleCopyData(): void {}
        handleCommandComplete(): void {}
        handleReadyForQuery(): void {
          this.done()
        }
        handleError(): void {}
      }
      const { submit, handleCopyData, handleCommandComplete, handleReadyForQuery, handleError } = CopyOut.prototype
      const handlers = { submit, handleCopyData, handleCommandComplete, handleReadyForQuery, handleError }
      const fields = { text: 'COPY (SELECT 42) TO STDOUT', done: (): void => undefined }
      const copies = [() => new CopyOut(), () => new CopyOut(), () => ({ ...fields, ...handlers })]
      for (const make of [...copies, () => Object.freeze({ ...fields, ...handlers, done: () => going() })]) {
        await new Promise<void>((resolve) => {
          going = resolve
          const copy = make()
          if (!Object.isFrozen(copy)) Object.assign(copy, { done: resolve })
          console.log(client.query(copy) === copy, Object.keys(copy), Object.getOwnPropertyNames(CopyOut.prototype))
        })
      }
      await client.end()
    })
    assert.deepEqual(namesOf(spans), ['COPY SELECT', 'COPY SELECT', 'COPY SELECT', 'COPY SELECT'])
  })
})
