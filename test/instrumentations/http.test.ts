import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trace } from '../support/run.js'
import { assertChild } from '../support/spans.js'

describe('http', () => {
  it('makes a span of a request received and one of the request sent, in one trace', async () => {
    const { spans, stdout, stderr, code } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => res.end(`hello ${req.headers['x-b3-sampled']}`))
      server.listen(0, () => {
        const { port } = server.address()
        http.get(`http://user:secret@localhost:${port}/a/b?token=abc&x=1`, (res: any) => {
          res
            .setEncoding('utf8')
            .on('data', (text: string) => console.log(text))
            .on('end', () => server.close())
        })
      })
    })
    assert.equal(stderr, '')
    assert.equal(stdout, 'hello 1\n')
    assert.equal(code, 0)
    assert.equal(spans.length, 2)
    const server = spans.find((span) => span.kind === 'server')
    const client = spans.find((span) => span.kind === 'client')
    assert.ok(server && client)
    assertChild(server, client)
  })
})
