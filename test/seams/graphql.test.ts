/**
 * GraphQL over Express, and Express over HTTP/2.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { libraries, succeed } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const cwd = libraries('seams')

describe('a framework over Express', () => {
  it('graphql: what resolvers do belongs to the request, side by side', async () => {
    const { spans, stdout } = await succeed(
      async () => {
        const express = require('express')
        const { Pool } = require('pg')
        const { buildSchema } = require('graphql')
        const { createHandler } = require('graphql-http/lib/use/express')
        const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
        const number = (n: number) => () => pool.query(`SELECT ${n} AS n`).then(({ rows }: any) => rows[0].n)
        const schema = buildSchema('type Query { one: Int, two: Int }')
        const app = express()
        app.all('/graphql', createHandler({ schema, rootValue: { one: number(1), two: number(2) } }))
        const server = app.listen(0, '127.0.0.1', async () => {
          const url = `http://127.0.0.1:${server.address().port}/graphql`
          const ask = async (): Promise<string> => {
            const body = JSON.stringify({ query: '{ one two }' })
            const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
            return response.text()
          }
          console.log(await Promise.all([ask(), ask()]))
          server.close()
          await pool.end()
        })
      },
      { cwd },
    )
    assert.match(stdout, /"one":1,"two":2/)
    const tree = ['POST', '  POST /graphql', '    requestListener /graphql', '      SELECT', '      SELECT']
    assert.deepEqual(treeOf(spans).split('\n'), [...tree, ...tree])
  })
})

describe('Express over HTTP/2', () => {
  it('names the route of a stream, where Express is made to take one', async () => {
    const { spans, stdout } = await succeed(
      async () => {
        const express = require('express')
        const http2 = require('node:http2')
        const { once } = require('node:events')
        // As people do it: Express takes its requests for http's otherwise, and fails.
        Object.setPrototypeOf(express.request, http2.Http2ServerRequest.prototype)
        Object.setPrototypeOf(express.response, http2.Http2ServerResponse.prototype)
        const app = express()
        app.get('/users/:id', (req: any, res: any) =>
          setImmediate(() => res.send(`user ${req.params.id} ${req.httpVersion}`)),
        )
        const server = http2.createServer(app).listen(0, '127.0.0.1')
        await once(server, 'listening')
        const client = http2.connect(`http://127.0.0.1:${server.address().port}`)
        const stream = client.request({ ':path': '/users/7' })
        stream.on('data', (text: any) => console.log(String(text)))
        await once(stream, 'close')
        client.close()
        server.close()
      },
      { cwd },
    )
    assert.equal(stdout, 'user 7 2.0\n')
    assert.equal(treeOf(spans), ['GET', '  GET /users/:id', '    handler /users/:id'].join('\n'))
  })

  it('names the route of a request that a secure server got by HTTP/1', async () => {
    const { spans, stdout } = await succeed(
      async (folder: string) => {
        const express = require('express')
        const http2 = require('node:http2')
        const https = require('node:https')
        const { readFileSync } = require('node:fs')
        const [key, cert] = ['key', 'cert'].map((name) => readFileSync(`${folder}/${name}.pem`))
        const app = express()
        app.get('/users/:id', (req: any, res: any) => res.send(`user ${req.params.id} ${req.httpVersion}`))
        const server = http2.createSecureServer({ key, cert, allowHTTP1: true }, app).listen(0, '127.0.0.1', () => {
          https.get(
            { port: server.address().port, path: '/users/7', rejectUnauthorized: false, agent: false },
            (res: any) => {
              res.on('data', (text: any) => console.log(String(text))).on('close', () => server.close())
            },
          )
        })
      },
      { cwd, args: [`${__dirname}/../../../test/fixtures`] },
    )
    assert.equal(stdout, 'user 7 1.1\n')
    assert.equal(treeOf(spans), ['GET', '  GET /users/:id', '    handler /users/:id'].join('\n'))
  })
})
