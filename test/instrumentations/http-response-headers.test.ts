import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import { succeed } from '../support/run.js'
import { serversIn } from '../support/spans.js'

/** Answers in every way there is, and prints the heads as they come over the wire. */
function heads(): void {
  const http = require('node:http')
  const net = require('node:net')
  const ways: ((res: any) => void)[] = [
    (res) => res.end('implicit'),
    (res) => res.writeHead(200, { 'Server-Timing': 'db;dur=1' }).end('object'),
    (res) => res.writeHead(200, 'Fine', ['Server-Timing', 'db;dur=2', 'X-Own', '1']).end('array'),
    (res) => res.setHeader('Server-Timing', ['a', 'b']).setHeader('traceresponse', 'mine').end('set'),
    (res) => {
      res.flushHeaders()
      res.write('chunk')
      res.end()
    },
    (res) => res.writeHead(204).end(),
    (res) => res.writeHead(304, { etag: '"x"' }).end(),
    (res) => {
      res.writeEarlyHints({ link: '</x>; rel=preload' })
      res.setHeader('content-length', 2)
      res.end('ok')
    },
  ]
  const server = http.createServer((req: any, res: any) => {
    res.sendDate = false
    const way = ways[Number(req.url.slice(1))]
    way?.(res)
    console.log(JSON.stringify([res.getHeaders(), res.getHeaderNames(), res.headersSent]))
  })
  server.listen(0, async () => {
    for (const at of ways.keys()) {
      const text = await new Promise((resolve) => {
        let text = ''
        const socket = net.connect(server.address().port)
        socket.write(`GET /${at} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
        socket.on('data', (chunk: unknown) => (text += String(chunk))).on('close', () => resolve(text))
      })
      console.log(JSON.stringify(text))
    }
    server.close()
  })
}

const BOTH = { PRETRACE_RESPONSE_HEADERS: 'traceresponse,server-timing' }

/** The lines of the last head of each answer: an interim one may precede it. */
function headsIn(stdout: string): string[][] {
  const texts = stdout.split('\n').filter((line) => line.startsWith('"HTTP'))
  return texts.map((line) => {
    const parts = (JSON.parse(line) as string).split('\r\n\r\n')
    return (parts.findLast((part) => part.startsWith('HTTP')) ?? '').split('\r\n')
  })
}

describe('a response', () => {
  it('tells the client of its span, after what the application says, however the head is made', async () => {
    const { stdout, spans } = await succeed(heads, { env: BOTH })
    const answers = headsIn(stdout)
    const servers = serversIn(spans)
    assert.equal(answers.length, 8)
    assert.equal(servers.length, 8)
    for (const [at, lines] of answers.entries()) {
      const text = `00-${servers[at]?.traceId}-${servers[at]?.spanId}-03`
      assert.equal(lines.at(-1), `server-timing: trace;desc=${text}`)
      const told = lines.filter((line) => /^traceresponse:/i.test(line))
      assert.deepEqual(told, [at === 3 ? 'traceresponse: mine' : `traceresponse: ${text}`])
    }
    const own = answers.map((lines) => lines.filter((line) => line.startsWith('Server-Timing')))
    assert.deepEqual(own[1], ['Server-Timing: db;dur=1'])
    assert.deepEqual(own[2], ['Server-Timing: db;dur=2'])
    assert.deepEqual(own[3], ['Server-Timing: a', 'Server-Timing: b'])
  })

  it('tells what is asked for alone', async () => {
    const { stdout } = await succeed(heads, { env: { PRETRACE_RESPONSE_HEADERS: 'server-timing' } })
    for (const lines of headsIn(stdout)) assert.match(lines.at(-1) ?? '', /^server-timing: trace;desc=00-/)
    assert.doesNotMatch(stdout, /traceresponse: 00/)
  })

  it('says that the trace is not sampled', async () => {
    const { stdout, spans } = await succeed(heads, { env: { ...BOTH, OTEL_TRACES_SAMPLER: 'always_off' } })
    assert.deepEqual(spans, [])
    for (const lines of headsIn(stdout)) assert.match(lines.at(-1) ?? '', /-02$/)
  })

  it('is as ever unless asked for', async () => {
    await tracedAlike(heads)
  })

  it('looks as ever to the application', async () => {
    const inside = (stdout: string): string[] => stdout.split('\n').filter((line) => !line.startsWith('"HTTP'))
    const [plain, told] = [await succeed(heads), await succeed(heads, { env: BOTH })]
    assert.deepEqual(inside(told.stdout), inside(plain.stdout))
  })
})
