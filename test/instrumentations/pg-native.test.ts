import assert from 'node:assert/strict'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { traced } from '../support/alike.js'
import { root } from '../support/run.js'
import { assertChild, spanNamed, spansOf } from '../support/spans.js'

const api = join(root, 'dist', 'src', 'index.js')

describe('pg.native', () => {
  it('is traced as pg is', async (test) => {
    const modules = await mkdtemp(join(tmpdir(), 'pretrace-pg-native-'))
    test.after(() => rm(modules, { recursive: true }))
    await mkdir(join(modules, 'pg-native'))
    // Stands in for the bindings to libpq, of which pg makes little use.
    await writeFile(
      join(modules, 'pg-native', 'index.js'),
      `module.exports = class Native extends require('events') {
        pq = { resultErrorFields: () => ({ sqlState: '42P01', severity: 'ERROR' }) }
        connect(text, callback) { setImmediate(callback) }
        end(callback) { setImmediate(callback) }
        query(text, values, callback = values) {
          const error = text.includes('nowhere') ? new Error('relation "nowhere" does not exist') : null
          setTimeout(callback, 5, error, [{ text }], [{ text }])
        }
      }`,
    )
    const { spans, stdout } = await traced(
      async (api: string) => {
        const { native } = require('pg')
        const { tracer, withSpan, activeSpan } = require(api)
        const client = new native.Client(process.env['DATABASE_URL'])
        await client.connect()
        const span = tracer.startSpan('request')
        const name = (): string => activeSpan()?.context().toSpanId() === span.context().toSpanId() ? 'own' : 'other' // prettier-ignore
        await withSpan(span, async () => {
          console.log(await client.query('SELECT 1 AS a'))
          await client.query('SELECT * FROM nowhere').catch((error: any) => console.log(error.code))
        })
        await new Promise<void>((resolve) => {
          withSpan(span, () => client.query('SELECT $1 AS b', [2], () => (console.log(name()), resolve())))
        })
        await new Promise<void>((resolve) => {
          withSpan(span, () => client.query(new native.Query('SELECT 3 AS c')).on('end', () => (console.log(name()), resolve()))) // prettier-ignore
        })
        span.finish()
        await client.end()
      },
      { args: [api], env: { NODE_PATH: modules } },
    )
    assert.equal(stdout, "[ { text: 'SELECT 1 AS a' } ]\n42P01\nown\nown\n")
    const request = spanNamed(spans, 'request')
    const queries = spansOf(spans, 'pg')
    for (const query of queries) assertChild(query, request)
    assert.deepEqual(
      queries.map((query) => [query.attributes['db.query.text'], query.attributes['db.response.status_code']]),
      [
        ['SELECT ? AS a', undefined],
        ['SELECT * FROM nowhere', '42P01'],
        ['SELECT $1 AS b', undefined],
        ['SELECT ? AS c', undefined],
      ],
    )
  })
})
