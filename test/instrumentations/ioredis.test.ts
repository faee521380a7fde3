import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { below, leaks } from '../support/redis.js'
import { traced, tracedAlike } from '../support/alike.js'
import { libraries, root, trace, type Traced } from '../support/run.js'
import { namesOf, spansOf } from '../support/spans.js'
import { concurrent, everything, talkative, unhandled } from './ioredis-apps.js'

for (const [version, folder] of [
  ['5', 'redis-4'],
  ['6', 'current'],
] as const) {
  describe(`ioredis ${version}`, () => {
    const cwd = libraries(folder)
    let ran: Traced
    let spans: readonly Arrived[]
    const only = (section: string): Arrived => {
      const found = below(spans, section)
      assert.equal(found.length, 1, `${section}: ${namesOf(found).join()}`)
      return found[0] as Arrived
    }
    const names = (section: string): string => namesOf(below(spans, section)).join()

    before(async () => {
      ran = await tracedAlike(everything, { cwd, args: [root] })
      spans = ran.spans
    })

    it('leaves the application as it was', () => assert.match(ran.stdout, /done/))

    it('makes a client span of a command', () => {
      const { name, kind, component, attributes, failed } = only('set')
      const { port, hostname } = new URL(process.env['REDIS_URL'] as string)
      assert.deepEqual([name, kind, component, failed], ['SET', 'client', 'ioredis', false])
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
      const { failed, attributes } = only('wrong type')
      assert.equal(failed, true)
      assert.equal(attributes['db.response.status_code'], 'WRONGTYPE')
    })

    it('does not record what an error of the server quotes, or a script says', () => {
      const { name, events } = only('unknown command')
      assert.equal(name, 'NONSENSE')
      assert.equal(events[0]?.attributes['exception.message'], 'ERR unknown command ?')
      assert.equal(only('failing script').failed, true)
    })

    it('puts the commands of a transaction below it', () => {
      const multi = only('transaction')
      assert.equal(multi.name, 'MULTI')
      assert.equal(multi.failed, false)
      assert.equal(multi.attributes['db.operation.name'], 'MULTI')
      assert.equal(multi.attributes['db.operation.batch.size'], 3)
      const commands = below(spans, multi)
      assert.deepEqual(
        commands.map(({ name, attributes }) => [name, attributes['db.response.status_code']]),
        [
          ['SET', undefined],
          ['LPUSH', 'WRONGTYPE'],
          ['GET', undefined],
        ],
      )
      for (const command of commands) assert.ok(command.end <= multi.end)
    })

    it('names a transaction of one kind of command by it', () => {
      assert.equal(only('uniform').attributes['db.operation.name'], 'MULTI GET')
    })

    it('takes a transaction sent command by command as such', () => {
      assert.equal(names('transaction by hand'), 'MULTI,GET,EXEC')
    })

    it('tells which command kept a transaction from running', () => {
      const multi = only('refused transaction')
      assert.equal(multi.failed, true)
      assert.equal(multi.attributes['db.response.status_code'], 'EXECABORT')
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
      assert.equal(pipeline.failed, false)
      assert.deepEqual(
        below(spans, pipeline).map(({ name, failed }) => [name, failed]),
        [
          ['GET', false],
          ['LPUSH', true],
          ['GET', false],
        ],
      )
    })

    it('ends the span of an empty pipeline', () => {
      assert.equal(only('empty pipeline').attributes['db.operation.batch.size'], 0)
    })

    it('keeps the caller of a command that waited for the connection', () => {
      assert.equal(names('before connect'), 'SET')
      assert.equal(names('lazy'), 'GET')
      assert.equal(only('lazy').attributes['db.namespace'], '2')
    })

    it('keeps the caller in callbacks', () => {
      assert.equal(names('callback'), 'GET,EXISTS')
      assert.match(ran.stdout, /"connect with callback",null\]/)
    })

    it('follows the selected database', () => {
      const [select, get] = below(spans, 'select')
      assert.deepEqual([select?.attributes['db.namespace'], get?.attributes['db.namespace']], ['0', '1'])
      assert.equal(only('set').attributes['db.namespace'], '0')
    })

    it('makes one span of a command of one’s own', () => {
      assert.equal(names('script'), 'EVALSHA')
      assert.equal(names('script again'), 'EVALSHA')
    })

    it('calls listeners outside of the trace that connected or subscribed', () => {
      const listened = spansOf(spans, 'ioredis').filter(({ name }) => name === 'STRLEN')
      assert.ok(listened.length >= 2)
      for (const span of listened) assert.equal(span.parentSpanId, undefined)
    })

    it('makes no spans of what a client sends by itself, when it connects and when it does so again', () => {
      const roots = spansOf(spans, 'ioredis').filter(({ parentSpanId }) => parentSpanId === undefined)
      assert.deepEqual([...new Set(namesOf(roots))], ['STRLEN'])
      assert.equal(names('connecting'), '')
      assert.equal(names('subscribe'), 'SUBSCRIBE')
      assert.equal(namesOf(spans).filter((name) => name === 'SUBSCRIBE').length, 1)
    })

    it('makes one span of a command that is sent again on the next connection', () => {
      assert.equal(names('resent'), 'BLPOP,CLIENT,RPUSH')
      const [blpop, , rpush] = below(spans, 'resent')
      assert.equal(blpop?.failed, false)
      assert.ok((blpop?.end ?? 0) > (rpush?.start ?? 0))
    })

    it('ends the spans of commands that were blocked, lost, timed out or never sent', () => {
      assert.deepEqual(
        ['blocking', 'lost', 'timed out', 'closed'].map((section) => [only(section).name, only(section).failed]),
        [
          ['BLPOP', false],
          ['BLPOP', true],
          ['BLPOP', true],
          ['GET', true],
        ],
      )
    })

    for (const isAutomatic of [false, true]) {
      it(`keeps concurrent requests apart${isAutomatic ? ' in automatic pipelines' : ''}`, async () => {
        const { spans } = await traced(concurrent, { cwd, args: [root, isAutomatic] })
        for (let i = 0; i < 60; i++) {
          const found = below(spans, `request ${i}`)
          assert.equal(namesOf(found).sort().join(), 'GET,PIPELINE,SET', `request ${i}`)
          const pipeline = found.find(({ name }) => name === 'PIPELINE') as Arrived
          assert.equal(namesOf(below(spans, pipeline)).join(), 'INCR')
        }
        assert.equal(spansOf(spans, 'ioredis').length, 60 * 4)
      })
    }

    it('leaves a rejection that nobody handles unhandled', async () => {
      // On Node 18 ioredis itself handles it, by way of its diagnostics channel.
      const { stdout } = await tracedAlike(unhandled, { cwd })
      assert.match(stdout, /^(WRONGTYPE\n)?end\n$/)
    })

    it('shows arguments if asked for, but no secrets', async () => {
      const { spans } = await trace(talkative, { cwd, args: [root], env: { PRETRACE_EXPOSE_REDIS_ARGUMENTS: 'true' } })
      assert.deepEqual(
        below(spans, 'shown').map(({ attributes }) => attributes['db.query.text']),
        ['SET key visible', 'AUTH ? ?', 'HELLO 3 AUTH ? ?', 'EVAL ? 1 key', 'ECHO ?'],
      )
      assert.deepEqual(leaks(spans), [])
    })
  })
}
