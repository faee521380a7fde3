/**
 * Messages to backends that behave, and to some that do not.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, mock } from 'node:test'
import { setTimeout as setTimeoutAsync } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Outcome } from '../../src/export/answers.js'
import {
  backend,
  listening,
  message,
  send,
  status,
  TIMEOUT,
  toPort,
  type Answering,
  type Seen,
} from '../support/serving.js'
import { encodePartialSuccess } from '../support/otlp-schema.js'

/** Cuts the pauses between attempts short. Returns how long they were to be. */
function pauses(): number[] {
  const asked: number[] = []
  const { setTimeout } = globalThis
  mock.method(globalThis, 'setTimeout', (fn: () => void, delay: number) => {
    if (delay === TIMEOUT) return setTimeout(fn, delay)
    asked.push(delay)
    return setTimeout(fn, 0)
  })
  return asked
}

describe('a message', () => {
  it('is posted with its headers and its length', async () => {
    const { seen, port } = await backend(status(200))
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    const [{ method, path, headers, body } = {} as Seen] = seen
    assert.deepEqual([method, path, body.toString()], ['POST', '/v1/traces', 'the spans'])
    assert.deepEqual([headers['x-mine'], headers['content-length']], ['yes', '9'])
    assert.equal(headers['content-encoding'], undefined)
  })

  it('goes with the user and password of its address', async () => {
    const { seen, port } = await backend(status(200))
    await send(message(`http://me:p%40ss@127.0.0.1:${port}/`))
    assert.equal(seen[0]?.headers.authorization, `Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  it('is compressed where that is wanted', async () => {
    const { seen, port } = await backend(status(200))
    const body = Buffer.from('spans '.repeat(1000))
    assert.deepEqual(await toPort(port, { compression: 'gzip', body }), { kind: 'accepted' })
    const [{ headers, body: zipped } = {} as Seen] = seen
    assert.equal(headers['content-encoding'], 'gzip')
    assert.equal(headers['content-length'], String(zipped.length))
    assert.ok(zipped.length < 200)
    assert.deepEqual(gunzipSync(zipped), body)
  })

  it('goes over the connection of the one before', async () => {
    const ports = new Set<number | undefined>()
    const { port } = await backend((res, _index, req) => {
      ports.add(req.socket.remotePort)
      res.end()
    })
    for (let i = 0; i < 3; i++) assert.deepEqual(await toPort(port), { kind: 'accepted' })
    assert.equal(ports.size, 1)
  })

  it('is sent again at once where the old connection turns out to be closed', async () => {
    const asked = pauses()
    const { seen, port } = await backend((res, index) => (index === 1 ? res.socket?.destroy() : res.end()))
    for (let i = 0; i < 2; i++) assert.deepEqual(await toPort(port), { kind: 'accepted' })
    assert.equal(seen.length, 3)
    assert.deepEqual(asked, [0])
  })

  it('does not go over a connection that has been closed meanwhile', async () => {
    const asked = pauses()
    const { seen, port, server } = await backend(status(200))
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    server.closeIdleConnections()
    await setTimeoutAsync(50)
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    assert.equal(seen.length, 2)
    assert.deepEqual(asked, [])
  })

  it('does not go over a connection on which the server has said something unasked', async () => {
    const ports = new Set<number | undefined>()
    const { port } = await backend((res, _index, req) => {
      ports.add(req.socket.remotePort)
      res.end(() => req.socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n'))
    })
    for (let i = 0; i < 2; i++) {
      assert.deepEqual(await toPort(port), { kind: 'accepted' })
      await setTimeoutAsync(50)
    }
    assert.equal(ports.size, 2)
  })

  it('goes over a connection of its own while another one is under way', async () => {
    const ports: (number | undefined)[] = []
    const open: (() => unknown)[] = []
    const { port } = await backend((res, index, req) => {
      ports.push(req.socket.remotePort)
      open.push(() => res.end())
      if (index === 2 || index === 5) for (const end of open.splice(0)) end()
    })
    const three = (): Promise<Outcome[]> => Promise.all([toPort(port), toPort(port), toPort(port)])
    for (let i = 0; i < 2; i++) for (const outcome of await three()) assert.deepEqual(outcome, { kind: 'accepted' })
    assert.equal(new Set(ports.slice(0, 3)).size, 3)
    // Two of the three were kept.
    assert.equal(new Set(ports).size, 4)
  })

  it('cannot go where no request can', async () => {
    const why = 'its path has a character that no request can have'
    assert.deepEqual(await send(message('unix:///tmp/socket:/a b', { timeout: 500 })), { kind: 'unreachable', why })
    const headers = { 'x-mine': 'a\r\nb: c' }
    const { kind } = await toPort(1, { headers, timeout: 500 })
    assert.equal(kind, 'unreachable')
  })
})

describe('a backend that cannot take a message now', () => {
  for (const code of [429, 502, 503, 504]) {
    it(`and answers ${code} is asked again, after longer and longer pauses`, async () => {
      const asked = pauses()
      const { seen, port } = await backend(status(code, code, code, 200))
      assert.deepEqual(await toPort(port), { kind: 'accepted' })
      assert.deepEqual(
        seen.map(({ body }) => body.toString()),
        ['the spans', 'the spans', 'the spans', 'the spans'],
      )
      assert.equal(asked.length, 3)
      for (const [index, middle] of [1000, 1500, 2250].entries()) {
        assert.ok((asked[index] ?? 0) >= middle * 0.8 && (asked[index] ?? 0) <= middle * 1.2, String(asked))
      }
    })
  }

  it('and closes the connection is asked again', async () => {
    const asked = pauses()
    const { seen, port } = await backend((res, index) => (index === 0 ? res.socket?.destroy() : res.end()))
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    assert.deepEqual([seen.length, asked.length], [2, 1])
  })

  it('is asked five times and no more', async () => {
    const asked = pauses()
    const { seen, port } = await backend(status(503))
    assert.deepEqual(await toPort(port, { timeout: 0 }), { kind: 'rejected', why: 'it answers 503 so it is' })
    assert.deepEqual([seen.length, asked.length], [5, 4])
  })

  it('is not asked again where the time left is too short', async () => {
    const { seen, port } = await backend(status(503))
    assert.deepEqual(await toPort(port, { timeout: 700 }), { kind: 'rejected', why: 'it answers 503 so it is' })
    assert.equal(seen.length, 1)
  })

  it('is asked again when it says', async () => {
    const asked = pauses()
    const values = ['2', new Date(Date.now() + 5000).toUTCString(), 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon']
    const { port } = await backend((res, index) => {
      const value = values[index]
      if (value === undefined) res.end()
      else res.writeHead(503, { 'retry-after': value }).end()
    })
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    const [seconds = 0, date = 0, past = -1, nonsense = 0] = asked
    assert.equal(seconds, 2000)
    assert.ok(date > 3000 && date <= 5000, String(date))
    assert.equal(past, 0)
    assert.ok(nonsense >= 0.8 * 1000 * 1.5 ** 3 && nonsense <= 1.2 * 1000 * 1.5 ** 3, String(nonsense))
  })

  it('is not asked again if it says so late that time is up, or hours from now', async () => {
    const { seen, port } = await backend((res) => res.writeHead(429, { 'retry-after': '3600' }).end())
    assert.deepEqual(await toPort(port), { kind: 'rejected', why: 'it answers 429' })
    assert.deepEqual(await toPort(port, { timeout: 0 }), { kind: 'rejected', why: 'it answers 429' })
    assert.equal(seen.length, 2)
  })
})

describe('a backend that will not take a message', () => {
  for (const code of [302, 307, 400, 401, 403, 404, 405, 413, 500, 501]) {
    it(`and answers ${code} is not asked again`, async () => {
      const other = await backend(status(200))
      const { seen, port } = await backend((res) =>
        res.writeHead(code, { location: `http://127.0.0.1:${other.port}/` }).end(' <h1>no</h1>\r\n\u001b[31m'),
      )
      assert.deepEqual(await toPort(port), { kind: 'rejected', why: `it answers ${code} <h1>no</h1> [31m` })
      assert.deepEqual([seen.length, other.seen.length], [1, 0])
    })
  }

  it('may say why in protobuf', async () => {
    const { port } = await backend((res) => {
      res.writeHead(400, { 'content-type': 'application/x-protobuf' })
      res.end(Buffer.from('08031208626164207370616e', 'hex'))
    })
    assert.deepEqual(await toPort(port), { kind: 'rejected', why: 'it answers 400 bad span' })
  })

  it('is quoted at no great length', async () => {
    const { port } = await backend((res) => res.writeHead(400).end('x'.repeat(10_000)))
    assert.deepEqual(await toPort(port), { kind: 'rejected', why: `it answers 400 ${'x'.repeat(200)}` })
  })
})

describe('a backend that takes a part of a message', () => {
  const json = (text: string): Answering => {
    return (res) => res.setHeader('content-type', 'application/json').end(text)
  }
  const protobuf = (bytes: Uint8Array): Answering => {
    return (res) => res.setHeader('content-type', 'application/x-protobuf').end(bytes)
  }
  const cases: readonly (readonly [name: string, answer: Answering, outcome: Outcome])[] = [
    [
      'says how many it did not, in JSON',
      json('{"partialSuccess":{"rejectedSpans":"3","errorMessage":"bad"}}'),
      { kind: 'accepted', rejected: 3, why: 'bad' },
    ],
    [
      'says how many it did not, in protobuf',
      protobuf(encodePartialSuccess(3, 'bad')),
      { kind: 'accepted', rejected: 3, why: 'bad' },
    ],
    ['need not say why', json('{"partialSuccess":{"rejectedSpans":3}}'), { kind: 'accepted', rejected: 3, why: '' }],
    [
      'may say something although it took all',
      protobuf(encodePartialSuccess(0, 'old names')),
      { kind: 'accepted', why: 'old names' },
    ],
    [
      'cannot refuse more than it got',
      json('{"partialSuccess":{"rejectedSpans":"999"}}'),
      { kind: 'accepted', rejected: 10, why: '' },
    ],
    ['cannot refuse less than none', json('{"partialSuccess":{"rejectedSpans":-1}}'), { kind: 'accepted' }],
    ['says nothing by an empty object', json('{"partialSuccess":{}}'), { kind: 'accepted' }],
    ['says nothing by nothing', protobuf(new Uint8Array()), { kind: 'accepted' }],
    ['says nothing by nonsense', json('<html>'), { kind: 'accepted' }],
    ['says nothing by null', json('null'), { kind: 'accepted' }],
    ['says nothing by broken protobuf', protobuf(Buffer.from('0affff7f', 'hex')), { kind: 'accepted' }],
    ['says nothing by other protobuf', protobuf(Buffer.from('1234', 'hex')), { kind: 'accepted' }],
  ]
  for (const [name, answer, outcome] of cases) {
    it(name, async () => {
      const { seen, port } = await backend(answer)
      assert.deepEqual(await toPort(port), outcome)
      assert.equal(seen.length, 1, 'it was sent again')
    })
  }

  it('is not asked for by those who do not speak OTLP', async () => {
    const { port } = await backend(json('{"partialSuccess":{"rejectedSpans":"3"}}'))
    const { answers: _answers, ...request } = message(`http://127.0.0.1:${port}/`)
    assert.deepEqual(await send(request), { kind: 'accepted' })
  })
})

describe('a backend that misbehaves', () => {
  it('by silence is given up when the time is over', async () => {
    const { port } = await backend(() => undefined)
    assert.deepEqual(await toPort(port, { timeout: 50 }), { kind: 'unreachable', why: 'no answer within 50 ms' })
  })

  it('by silence after it gave a reason is known by its reason', async () => {
    const { port } = await backend((res, index) => {
      if (index === 0) res.writeHead(503, { 'retry-after': '1' }).end('so it is')
    })
    assert.deepEqual(await toPort(port, { timeout: 1500 }), { kind: 'rejected', why: 'it answers 503 so it is' })
  })

  it('by dripping is given up when the time is over', async () => {
    let dripping: NodeJS.Timeout | undefined
    const { port } = await backend((res) => {
      dripping = setInterval(() => res.write('x'), 5)
    })
    assert.deepEqual(await toPort(port, { timeout: 100 }), { kind: 'unreachable', why: 'no answer within 100 ms' })
    clearInterval(dripping)
  })

  it('by never ending is not listened to for long', async () => {
    let closed = (): void => undefined
    const hasClosed = new Promise<void>((resolve) => (closed = resolve))
    const { port } = await backend((res) => {
      const pour = (): void => {
        while (!res.destroyed && res.write('x'.repeat(16_384)));
      }
      res.on('drain', pour).on('close', closed)
      pour()
    })
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    await hasClosed
  })

  it('by breaking off its answer is not believed', async () => {
    pauses()
    const { seen, port } = await backend((res, index) => {
      if (index > 0) res.end()
      else res.writeHead(200, { 'content-length': 100 }).write('x', () => res.socket?.destroy())
    })
    assert.deepEqual(await toPort(port), { kind: 'accepted' })
    assert.equal(seen.length, 2)
  })

  it('by not speaking HTTP is said to be', async () => {
    const server = createServer().on('connection', (socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    const { kind, why } = (await toPort(await listening(server), { timeout: 500 })) as { kind: string; why: string }
    assert.equal(kind, 'unreachable')
    assert.equal(why, 'its answer is not HTTP/1')
  })

  it('by switching protocols is said to have closed the connection', async () => {
    const server = createServer().on('connection', (socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      ),
    )
    const { kind } = await toPort(await listening(server), { timeout: 500 })
    assert.equal(kind, 'unreachable')
  })
})
