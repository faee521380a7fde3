/**
 * The cases of W3C's trace-context test suite, played against services that receive by http and call on by http or fetch.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { succeed } from '../support/run.js'

const TRACE = '12345678901234567890123456789012'
const PARENT = '1234567890123456'

const parent = (text = `00-${TRACE}-${PARENT}-01`): string => `traceparent: ${text}`
const good = parent()
const state = (...lines: readonly string[]): string[] => [good, ...lines.map((line) => `tracestate: ${line}`)]
const members = (count: number): string =>
  Array.from({ length: count }, (_, index) => `bar${String(index + 1).padStart(2, '0')}=${index + 1}`).join(',')

/** Whether the trace goes on, and with which `tracestate`. */
interface Expected {
  readonly isContinued: boolean
  readonly state?: string
}
const CONTINUED: Expected = { isContinued: true }
const RESTARTED: Expected = { isContinued: false }
const withState = (state: string): Expected => ({ isContinued: true, state })

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/'
const PRINTABLE = Array.from({ length: 0x5f }, (_, index) => String.fromCharCode(0x20 + index)).join('')
const VALUE = PRINTABLE.replace(/[,=]/g, '')

const cases: readonly (readonly [title: string, lines: readonly string[], expected: Expected])[] = [
  ['no headers', [], RESTARTED],
  ['a traceparent', [good], CONTINUED],
  ['a traceparent not sampled', [parent(`00-${TRACE}-${PARENT}-00`)], CONTINUED],
  ['two traceparents', [parent(`00-${TRACE}-${PARENT}-01`), parent(`00-${TRACE}-${PARENT}-01`)], RESTARTED],
  ['two different traceparents', [parent(`00-${TRACE.slice(1)}1-${PARENT}-01`), good], RESTARTED],
  ['trace-parent', [`trace-parent: 00-${TRACE}-${PARENT}-01`], RESTARTED],
  ['trace.parent', [`trace.parent: 00-${TRACE}-${PARENT}-01`], RESTARTED],
  ...['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT'].map(
    (name) => [name, [`${name}: 00-${TRACE}-${PARENT}-01`], CONTINUED] as const,
  ),
  ...['.', '-', '.what', '-what', ' what'].map(
    (rest) => [`version 00 followed by "${rest}"`, [parent(`00-${TRACE}-${PARENT}-01${rest}`)], RESTARTED] as const,
  ),
  ['version 01', [parent(`01-${TRACE}-${PARENT}-00`)], CONTINUED],
  ['version cc', [parent(`cc-${TRACE}-${PARENT}-01`)], CONTINUED],
  ['version cc and more', [parent(`cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`)], CONTINUED],
  ['version cc and more after a dot', [parent(`cc-${TRACE}-${PARENT}-01.what-the-future`)], RESTARTED],
  ['version ff', [parent(`ff-${TRACE}-${PARENT}-01`)], RESTARTED],
  ...['.0', '0.', '0', '000', '00000', '', 'CC'].map(
    (version) => [`version "${version}"`, [parent(`${version}-${TRACE}-${PARENT}-01`)], RESTARTED] as const,
  ),
  ...['0'.repeat(32), `.${TRACE.slice(1)}`, `${TRACE.slice(0, 8)}.${TRACE.slice(9)}`, `${TRACE}3`, TRACE.slice(1)].map(
    (id) => [`trace id ${id}`, [parent(`00-${id}-${PARENT}-01`)], RESTARTED] as const,
  ),
  ...['ABCDEF78901234567890123456789012', '1234567890123456789012345678901F'].map(
    (id) => [`trace id ${id}`, [parent(`00-${id}-${PARENT}-01`)], RESTARTED] as const,
  ),
  ...['0'.repeat(16), `.${PARENT.slice(1)}`, `${PARENT}7`, PARENT.slice(1), 'ABCDEF7890123456'].map(
    (id) => [`parent id ${id}`, [parent(`00-${TRACE}-${id}-01`)], RESTARTED] as const,
  ),
  ...['.0', '0.', '0', '001', ''].map(
    (flags) => [`flags "${flags}"`, [parent(`00-${TRACE}-${PARENT}-${flags}`)], RESTARTED] as const,
  ),
  ['flags ff', [parent(`00-${TRACE}-${PARENT}-ff`)], CONTINUED],
  ...[' ', '\t', ' \t', '\t '].map(
    (space) =>
      [
        `white space ${JSON.stringify(space)}`,
        [parent(`${space}00-${TRACE}-${PARENT}-01${space}`)],
        CONTINUED,
      ] as const,
  ),

  ['a tracestate alone', ['tracestate: foo=1'], RESTARTED],
  ['a tracestate with a bad traceparent', [parent('00-junk'), 'tracestate: foo=1'], RESTARTED],
  ['a tracestate', state('foo=1,bar=2'), withState('foo=1,bar=2')],
  ['tracestate before traceparent', state('foo=1').reverse(), withState('foo=1')],
  ['trace-state', [good, 'trace-state: foo=1'], CONTINUED],
  ['trace.state', [good, 'trace.state: foo=1'], CONTINUED],
  ...['TraceState', 'TrAcEsTaTe', 'TRACESTATE'].map(
    (name) => [name, [good, `${name}: foo=1`], withState('foo=1')] as const,
  ),
  ['an empty tracestate', state(''), CONTINUED],
  ['an empty tracestate and one more', state('foo=1', ''), withState('foo=1')],
  ['one more after an empty tracestate', state('', 'foo=1'), withState('foo=1')],
  [
    'several tracestates',
    state('foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'),
    withState('foo=1,bar=2,rojo=1,congo=2,baz=3'),
  ],
  ['white space around members', state('foo=1 \t , \t bar=2, \t baz=3'), withState('foo=1,bar=2,baz=3')],
  ['white space around it all', state('\t foo=1,bar=2 \t '), withState('foo=1,bar=2')],
  ['empty members', state('foo=1,,bar=2,'), withState('foo=1,bar=2')],
  ['a key of all characters', state(`${LETTERS}=1`), withState(`${LETTERS}=1`)],
  [
    'a key with a tenant',
    state(`${LETTERS}@${LETTERS.slice(0, 13)}=1`),
    withState(`${LETTERS}@${LETTERS.slice(0, 13)}=1`),
  ],
  ['a value of all characters', state(`foo=1${VALUE}`), withState(`foo=1${VALUE}`)],
  ...['foo =1', 'FOO=1', 'foo.bar=1', '@foo=1', 'fo\u00e9=1'].map(
    (member) => [`the member "${member}"`, state(`${member},bar=2`), CONTINUED] as const,
  ),
  ...['foo=bar=baz', 'foo=,bar=3', 'foo', 'foo=1,bar=\u00e9'].map(
    (member) => [`the member "${member}"`, state(member), CONTINUED] as const,
  ),
  ['a key of 256 characters', state(`${'z'.repeat(256)}=1`), withState(`${'z'.repeat(256)}=1`)],
  ['a key of 257 characters', state(`foo=1,${'z'.repeat(257)}=1`), CONTINUED],
  ['a value of 256 characters', state(`foo=${'v'.repeat(256)}`), withState(`foo=${'v'.repeat(256)}`)],
  ['a value of 257 characters', state(`foo=${'v'.repeat(257)}`), CONTINUED],
  ['32 members', state(members(32)), withState(members(32))],
  ['32 members in two lines', state(members(16), members(32).slice(members(16).length + 1)), withState(members(32))],
  ['33 members', state(members(33)), CONTINUED],
]

/** What one call brought to the next service. */
interface Onward {
  readonly traceparents: readonly string[]
  readonly tracestates: readonly string[]
}

/** A service that calls on `twice` for each request it gets; says what the next service received. */
function service(client: 'http' | 'fetch', requests: readonly (readonly string[])[]): void {
  const http = require('node:http')
  const net = require('node:net')
  const named = (raw: readonly string[], name: string): string[] =>
    raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name)
  const next = http.createServer((req: any, res: any) => {
    const found = [named(req.rawHeaders, 'traceparent'), named(req.rawHeaders, 'tracestate')]
    res.end(JSON.stringify({ traceparents: found[0], tracestates: found[1] }))
  })
  const callOn = async (): Promise<string> => {
    const url = `http://localhost:${next.address().port}/`
    if (client === 'fetch') return (await fetch(url)).text()
    return new Promise((resolve) => {
      let text = ''
      http.get(url, (res: any) =>
        res.on('data', (chunk: unknown) => (text += String(chunk))).on('end', () => resolve(text)),
      )
    })
  }
  const front = http.createServer((_req: unknown, res: any) => {
    void Promise.all([callOn(), callOn()]).then((texts) => res.end(`[${texts.join()}]`))
  })
  const ask = (lines: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      let text = ''
      const socket = net.connect(front.address().port, () => {
        const head = ['GET / HTTP/1.1', 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n')
        socket.write(Buffer.from(head, 'latin1'))
      })
      socket.on('data', (chunk: unknown) => (text += String(chunk)))
      socket.on('close', () => resolve(text.slice(text.indexOf('['), text.lastIndexOf(']') + 1)))
    })
  next.listen(0, () =>
    front.listen(0, async () => {
      const answers: string[] = []
      for (const lines of requests) answers.push(await ask(lines))
      console.log(`[${answers.join()}]`)
      // The pools of both clients keep connections open.
      process.exit()
    }),
  )
}

for (const client of ['http', 'fetch'] as const) {
  describe(`a service that calls on by ${client}`, () => {
    const answers = (async (): Promise<(readonly Onward[])[]> => {
      const { stdout } = await succeed(service, {
        args: [client, cases.map(([, lines]) => lines)],
        env: { OTEL_PROPAGATORS: 'tracecontext' },
      })
      return JSON.parse(stdout) as (readonly Onward[])[]
    })()

    for (const [at, [title, , expected]] of cases.entries()) {
      it(`${expected.isContinued ? 'goes on' : 'begins a new trace'} after ${title}`, async () => {
        const calls = (await answers)[at] ?? []
        assert.equal(calls.length, 2)
        const ids = calls.map((call) => idsOf(call, expected))
        assert.equal(new Set(ids.map(({ spanId }) => spanId)).size, 2)
        assert.equal(new Set(ids.map(({ traceId }) => traceId)).size, 1)
      })
    }

    it('begins a trace of its own for each request that it could not continue', async () => {
      const all = await answers
      const begun = cases.flatMap(([, , expected], at) => (expected.isContinued ? [] : [all[at]?.[0]]))
      assert.equal(new Set(begun.map((call) => call?.traceparents[0]?.slice(3, 35))).size, begun.length)
    })

    it('passes on whether the trace is sampled', async () => {
      const flagsAfter = async (wanted: string): Promise<string | undefined> =>
        (await answers)[cases.findIndex(([title]) => title === wanted)]?.[0]?.traceparents[0]?.slice(53)
      assert.equal(await flagsAfter('a traceparent'), '01')
      assert.equal(await flagsAfter('a traceparent not sampled'), '00')
      assert.equal(await flagsAfter('flags ff'), '03')
      assert.equal(await flagsAfter('no headers'), '03')
    })
  })
}

/** One valid traceparent, of the trace that is to be, and the tracestate that is to be. */
function idsOf({ traceparents, tracestates }: Onward, expected: Expected): { traceId: string; spanId: string } {
  assert.equal(traceparents.length, 1)
  const [, traceId = '', spanId = ''] =
    /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-0[0-3]$/.exec(traceparents[0] ?? '') ?? []
  assert.notEqual(spanId, '')
  assert.notEqual(spanId, PARENT)
  assert.equal(traceId === TRACE, expected.isContinued)
  assert.deepEqual(tracestates, expected.state === undefined ? [] : [expected.state])
  return { traceId, spanId }
}
