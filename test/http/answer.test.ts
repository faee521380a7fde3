/**
 * Answers in HTTP/1, whole and in pieces, beside what Node's own client makes of them.
 */
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { readAnswer, readHead, type Read } from '../../src/http/answer.js'

interface Plain {
  readonly status: number
  readonly type: string | undefined
  readonly again: string | undefined
  readonly body: string
}

const LONGEST = 65_536

const answer = (first: string, fields: readonly string[] = [], body = ''): string =>
  [`HTTP/1.1 ${first}`, ...fields, '', body].join('\r\n')

/** Those that end by themselves. */
const WHOLE: Readonly<Record<string, string>> = {
  'with a length': answer('200 OK', ['Content-Type: text/plain', 'Content-Length: 5'], 'hello'),
  'with nothing': answer('503 Service Unavailable', ['Retry-After:  7 ', 'content-length: 0']),
  'without a reason': answer('202 ', ['CONTENT-LENGTH:2'], 'ok'),
  'that has none': answer('204 No Content', ['content-type: text/plain']),
  'that only says that nothing changed': answer('304 Not Modified', ['content-length: 5']),
  'in chunks': answer(
    '200 OK',
    ['transfer-encoding: chunked'],
    '3\r\nabc\r\n1A;x="y"\r\n'.concat('d'.repeat(26), '\r\n0\r\n\r\n'),
  ),
  'in chunks, with fields after them': answer(
    '200 OK',
    ['transfer-encoding: chunked'],
    '1\r\na\r\n0\r\nx: y\r\nz: 1\r\n\r\n',
  ),
  'in no chunk': answer('200 OK', ['Transfer-Encoding: Chunked'], '0\r\n\r\n'),
  'whose chunk looks like an end': answer('200 OK', ['transfer-encoding: chunked'], '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n'),
  'after interim ones':
    answer('100 Continue') + answer('103 Early Hints', ['link: x']) + answer('200 OK', ['content-length: 1'], 'a'),
  'with bytes that are no text': answer('200 OK', ['content-length: 4'], 'ü\u0000ÿ\r'),
  'of an old server': answer('200 OK', ['content-length: 1'], 'a').replace('1.1', '1.0'),
  'with a field twice': answer('200 OK', ['content-type: a/b', 'content-type: c/d', 'content-length: 0']),
}

/** Those that end with the connection. */
const OPEN: Readonly<Record<string, string>> = {
  'without a length': answer('200 OK', ['content-type: text/plain'], 'all that there is'),
  'without a length or a body': answer('400 Bad Request'),
}

/** What is not HTTP, or breaks off. */
const BROKEN: Readonly<Record<string, string>> = {
  'another protocol': 'SSH-2.0-OpenSSH\r\n',
  'HTTP/2': '\u0000\u0000\u0012\u0004\u0000\u0000\u0000\u0000\u0000',
  'a status that is none': 'HTTP/1.1 OK\r\n\r\n',
  'a length that is none': answer('200 OK', ['content-length: five'], 'hello'),
  'a chunk without a size': answer('200 OK', ['transfer-encoding: chunked'], 'hello\r\n'),
  'less than its length': answer('200 OK', ['content-length: 50'], 'hello'),
  'chunks without an end': answer('200 OK', ['transfer-encoding: chunked'], '5\r\nhello\r\n'),
  'half a head': 'HTTP/1.1 200 OK\r\ncontent-le',
  'nothing at all': '',
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

function plain(found: Read | undefined): Plain | undefined {
  if (found === undefined) return undefined
  const { status, headers, body } = found.answer
  return { status, type: headers['content-type'], again: headers['retry-after'], body: body.toString('latin1') }
}

let text = ''
const server = createServer((socket) => {
  socket.on('error', () => undefined)
  socket.once('data', () => socket.end(bytesOf(text)))
})

/** As Node's client sees it; rejects where it finds fault. */
function byNode(raw: string): Promise<Plain> {
  text = raw
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false }, (response) => {
      let body = ''
      response.setEncoding('latin1')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, type: headers['content-type'], again: headers['retry-after'], body })
      })
    }).on('error', reject)
  })
}

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(() => server.close())

describe('an answer', () => {
  for (const [name, raw] of Object.entries(WHOLE)) {
    it(`${name} is read as Node reads it, when all of it has come and not before`, async () => {
      const bytes = bytesOf(raw)
      assert.deepEqual(plain(readAnswer(bytes, false, LONGEST)), await byNode(raw))
      for (let length = 0; length < bytes.length; length++)
        assert.equal(readAnswer(bytes.subarray(0, length), false, LONGEST), undefined, `after ${length} bytes`)
    })
  }

  for (const [name, raw] of Object.entries(OPEN)) {
    it(`${name} is read as Node reads it, when the connection has ended and not before`, async () => {
      assert.equal(readAnswer(bytesOf(raw), false, LONGEST), undefined)
      assert.deepEqual(plain(readAnswer(bytesOf(raw), true, LONGEST)), await byNode(raw))
    })
  }

  for (const [name, raw] of Object.entries(BROKEN)) {
    it(`that is ${name} is none, to Node neither`, async () => {
      await assert.rejects(byNode(raw))
      let found: Read | undefined
      try {
        found = readAnswer(bytesOf(raw), true, LONGEST)
      } catch (error) {
        assert.match((error as Error).message, /^its answer is not HTTP\/1$/)
      }
      assert.equal(found, undefined)
    })
  }

  it('is not waited for where its head never ends', () => {
    const head = `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(3000)}`
    assert.throws(() => readHead(bytesOf(head)), /not HTTP/)
    const interim = answer('102 Processing').repeat(1000)
    assert.throws(() => readHead(bytesOf(interim)), /not HTTP/)
  })

  it('is read no further than it is of interest', () => {
    const chunk = `8000\r\n${'x'.repeat(0x80_00)}\r\n`
    for (const raw of [
      answer('200 OK', [], 'x'.repeat(70_000)),
      answer('200 OK', ['content-length: 9999999'], 'x'.repeat(70_000)),
      answer('200 OK', ['transfer-encoding: chunked'], chunk.repeat(3)),
    ]) {
      const found = readAnswer(bytesOf(raw), false, LONGEST)
      assert.equal(found?.answer.body.length, LONGEST)
      assert.equal(found.idle, 0)
    }
  })
})

describe('a connection', () => {
  const idle = (raw: string, isEnd = false): number | undefined => readAnswer(bytesOf(raw), isEnd, LONGEST)?.idle
  const empty = 'content-length: 0'

  it('may wait for the next message, a second less than the server says', () => {
    assert.equal(idle(answer('200 OK', [empty])), Infinity)
    assert.equal(idle(answer('200 OK', [empty, 'connection: keep-alive', 'keep-alive: timeout=5, max=100'])), 4000)
  })

  const useless: readonly (readonly [name: string, raw: string])[] = [
    ['says that it closes it', answer('200 OK', [empty, 'Connection: Close'])],
    ['waits no longer than a second', answer('200 OK', [empty, 'keep-alive: timeout=1'])],
    ['is an old one', answer('200 OK', [empty]).replace('1.1', '1.0')],
    ['says more than was asked for', `${answer('200 OK', [empty])}HTTP/1.1 200 OK`],
  ]
  for (const [name, raw] of useless) {
    it(`is given up where the server ${name}`, () => assert.equal(idle(raw), 0))
  }

  it('is given up where it has ended', () => assert.equal(idle(answer('200 OK', [empty]), true), 0))
})
