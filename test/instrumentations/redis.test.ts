import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { traced, tracedAlike } from '../support/alike.js'
import { libraries, root, trace, type Traced } from '../support/run.js'
import { namesOf, spansOf } from '../support/spans.js'
import { below, leaks } from '../support/redis.js'
import { concurrent, everything, late, letGo, pooled, requireBoth, talkative, unhandled } from './redis-apps.js'

for (const [version, folder] of [
  ['4', 'redis-4'],
  ['5', 'redis-5'],
  ['6', 'current'],
] as const) {
  describe(`redis ${version}`, () => {
    let ran: Traced
    let spans: readonly Arrived[]
    const only = (section: string): Arrived => {
      const found = below(spans, section)
      assert.equal(found.length, 1, `${section}: ${namesOf(found).join()}`)
      return found[0] as Arrived
    }
    const names = (section: string): string => namesOf(below(spans, section)).join()

    before(async () => {
      ran = await tracedAlike(everything, { cwd: libraries(folder), args: [root] })
      spans = ran.spans
    })

    it('leaves the application as it was', () => assert.match(ran.stdout, /done/))

    it('makes a client span of a command', () => {
      const { name, kind, component, attributes, failed } = only('set')
      const { port, hostname } = new URL(process.env['REDIS_URL'] as string)
      assert.deepEqual([name, kind, component, failed], ['SET', 'client', 'redis', false])
      assert.deepEqual(attributes, {
        'db.system.name': 'redis',
        'db.namespace': '0',
        'db.operation.name': 'SET',
        'db.query.text': 'SET ? ?',
        'server.address': hostname,
        'server.port': Number(port),
      })
    })

    it('records no argument anywhere', () => assert.deepEqual(leaks(spans), []))

    it('counts the arguments of which there are many', () => {
      assert.equal(only('many').attributes['db.query.text'], 'MSET ? ? ? ? ? ? ? ? … (+92)')
    })

    it('marks a command that the server refused', () => {
      const { failed, attributes, events } = only('wrong type')
      assert.equal(failed, true)
      assert.equal(attributes['db.response.status_code'], 'WRONGTYPE')
      assert.equal(attributes['error.type'], 'WRONGTYPE')
      assert.match(String(events[0]?.attributes['exception.message']), /^WRONGTYPE Operation against a key/)
    })

    it('does not record the arguments that the server quotes in an error', () => {
      const { name, events } = only('unknown command')
      assert.equal(name, 'NONSENSE')
      assert.equal(events[0]?.attributes['exception.message'], 'ERR unknown command ?')
      // Version 4 makes its errors without a stack.
      const stack = events[0]?.attributes['exception.stacktrace'] ?? 'Error: ERR unknown command ?'
      assert.match(String(stack), /^\w*Error: ERR unknown command \?(\n {4}at |$)/)
    })

    it('ends the span of a command with arguments that cannot be sent', () => {
      const { name, failed } = only('unsendable')
      assert.deepEqual([name, failed], ['SET', true])
    })

    it('puts the commands of a transaction below it', () => {
      const multi = only('transaction')
      assert.equal(multi.name, 'MULTI')
      assert.equal(multi.failed, false)
      assert.equal(multi.attributes['db.operation.name'], 'MULTI')
      assert.equal(multi.attributes['db.operation.batch.size'], 3)
      assert.equal(multi.attributes['db.namespace'], '0')
      const commands = below(spans, multi)
      assert.equal(namesOf(commands).join(), 'SET,LPUSH,GET')
      assert.deepEqual(
        commands.map((command) => command.attributes['db.response.status_code']),
        [undefined, 'WRONGTYPE', undefined],
      )
      for (const command of commands) assert.ok(command.end <= multi.end)
    })

    it('names a transaction of one kind of command by it', () => {
      const { name, attributes } = only('uniform')
      assert.equal(name, 'MULTI')
      assert.equal(attributes['db.operation.name'], 'MULTI GET')
    })

    it('tells which command kept a transaction from running', () => {
      const multi = only('refused transaction')
      assert.equal(multi.failed, true)
      assert.deepEqual(
        below(spans, multi).map(({ name, failed }) => [name, failed]),
        [
          ['GET', false],
          ['NONSENSE', true],
        ],
      )
    })

    it('does not count a transaction as failed that a WATCH aborted', () => {
      const [watch, set, multi] = below(spans, 'watch')
      assert.deepEqual([watch?.name, set?.name, multi?.name], ['WATCH', 'SET', 'MULTI'])
      assert.equal(multi?.failed, false)
      assert.equal(namesOf(below(spans, multi)).join(), 'SET')
    })

    it('puts the commands of a pipeline below it', () => {
      const pipeline = only('pipeline')
      assert.equal(pipeline.name, 'PIPELINE')
      assert.equal(pipeline.attributes['db.operation.batch.size'], 3)
      assert.deepEqual(
        below(spans, pipeline).map(({ name, failed }) => [name, failed]),
        [
          ['GET', false],
          ['LPUSH', true],
          ['GET', false],
        ],
      )
    })

    it('keeps the caller of a command that waited for the connection', () => {
      assert.equal(names('before connect'), 'SET')
      assert.equal(names('while connecting'), 'GET')
    })

    it('marks a command that a closed client rejects', () => {
      const { name, failed, attributes } = only('closed')
      assert.deepEqual([name, failed], ['GET', true])
      assert.equal(attributes['error.type'], 'ClientClosedError')
    })

    it('follows the selected database', () => {
      const [select, get, back] = below(spans, 'select')
      assert.deepEqual([select?.name, get?.name, back?.name], ['SELECT', 'GET', 'SELECT'])
      assert.deepEqual(
        [select, get, back].map((span) => span?.attributes['db.namespace']),
        ['0', '1', '1'],
      )
      assert.equal(only('database by url').attributes['db.namespace'], '2')
    })

    it('makes a span of each command that a script needs', () => {
      assert.equal(names('script'), 'EVALSHA,EVAL')
      assert.equal(names('script again'), 'EVALSHA')
      assert.equal(below(spans, 'script')[0]?.attributes['db.response.status_code'], 'NOSCRIPT')
    })

    it('makes spans of publishing and subscribing, and none of a second listener', () => {
      assert.equal(names('subscribe'), 'SUBSCRIBE')
      assert.equal(names('second listener'), '')
      assert.equal(names('publish'), 'PUBLISH')
      assert.equal(names('unsubscribe'), 'UNSUBSCRIBE')
      assert.equal(only('subscribe').attributes['server.address'], only('set').attributes['server.address'])
    })

    it('calls a listener of messages outside of the trace that connected or subscribed', () => {
      const listened = spansOf(spans, 'redis').filter(({ name }) => name === 'STRLEN')
      assert.equal(listened.length, 2)
      for (const span of listened) assert.equal(span.parentSpanId, undefined)
    })

    it('makes one span of a command whose connection was lost, and one of a command that waited for the next', () => {
      const { name, failed } = only('lost')
      assert.deepEqual([name, failed], ['BLPOP', true])
      assert.equal(names('after loss'), 'GET')
    })

    it('marks a command that was aborted', () => {
      assert.equal(only('aborted').failed, true)
    })

    it('ends the span of a blocking command with its answer', () => {
      const { name, failed } = only('blocking')
      assert.deepEqual([name, failed], ['BLPOP', false])
    })

    it('makes no spans of what a client sends by itself', () => {
      const roots = spansOf(spans, 'redis').filter(({ parentSpanId }) => parentSpanId === undefined)
      assert.deepEqual([...new Set(namesOf(roots))], ['STRLEN'])
    })

    it('keeps concurrent requests apart', async () => {
      const { spans } = await traced(concurrent, { cwd: libraries(folder), args: [root] })
      for (let i = 0; i < 60; i++) {
        assert.equal(
          namesOf(below(spans, `request ${i}`))
            .sort()
            .join(),
          'GET,MULTI,SET',
          `request ${i}`,
        )
        const multi = below(spans, `request ${i}`).find(({ name }) => name === 'MULTI')
        assert.equal(namesOf(below(spans, multi as Arrived)).join(), 'INCR')
      }
      assert.equal(spansOf(spans, 'redis').length, 60 * 4)
    })

    it('leaves a rejection that nobody handles unhandled', async () => {
      const { stdout } = await trace(unhandled, { cwd: libraries(folder) })
      assert.equal(stdout, 'WRONGTYPE\nWRONGTYPE\n')
    })

    it('shows arguments if asked for, but no secrets', async () => {
      const { spans } = await traced(talkative, {
        cwd: libraries(folder),
        args: [root],
        env: { PRETRACE_EXPOSE_REDIS_ARGUMENTS: 'true' },
      })
      const [set, auth, config, acl, buffer, long] = below(spans, 'shown')
      assert.equal(set?.attributes['db.query.text'], 'SET key visible')
      assert.equal(auth?.attributes['db.query.text'], 'AUTH ? ?')
      assert.equal(config?.attributes['db.query.text'], 'CONFIG SET requirepass ? maxmemory nonsense')
      assert.equal(acl?.attributes['db.query.text'], 'ACL SETUSER someone ?')
      assert.equal(buffer?.attributes['db.query.text'], 'ECHO ?')
      assert.ok(String(long?.attributes['db.query.text']).length <= 500)
      assert.deepEqual(leaks(spans), [])
    })
  })
}

describe('redis', () => {
  it('makes no spans of requests that are not sampled', async () => {
    const { spans, stdout } = await trace(everything, { args: [root], env: { OTEL_TRACES_SAMPLER: 'always_off' } })
    assert.match(stdout, /done/)
    assert.equal(spans.length, 0)
  })

  it('says so where a version is not supported', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'pretrace-redis-'))
    for (const [name, version] of [
      ['redis', '1.0.0'],
      ['@redis/client', '7.0.0'],
    ] as const) {
      const folder = join(cwd, 'node_modules', name)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version }))
      writeFileSync(join(folder, 'index.js'), '')
    }
    const { stderr } = await trace(requireBoth, { cwd })
    assert.match(stderr, /redis@1\.0\.0 is not traced: supported are >=4 <7 and >=2 <4\n/)
    assert.match(
      stderr,
      /@redis\/client@7\.0\.0 is not traced: it has no dist\/lib\/client\/commands-queue\.js that could be patched\n/,
    )
    rmSync(cwd, { recursive: true })
  })

  it('keeps nothing of a request for as long as its commands might have taken', async () => {
    const { stdout, spans } = await traced(letGo)
    assert.equal(stdout, 'let go\n')
    assert.equal(namesOf(spansOf(spans, 'redis'))[0], 'SET')
  })

  it('fails a command that has waited too long where it was sent', async () => {
    const { spans } = await tracedAlike(late)
    assert.deepEqual(
      spansOf(spans, 'redis').map(({ name, failed }) => [name, failed]),
      [
        ['GET', true],
        ['GET', true],
      ],
    )
  })

  it('gives a pooled command the context of its caller', async () => {
    for (const folder of ['redis-5', 'current']) {
      const { spans } = await traced(pooled, { cwd: libraries(folder), args: [root] })
      for (let i = 0; i < 10; i++) assert.equal(namesOf(below(spans, `task ${i}`)).join(), 'INCR')
    }
  })
})
