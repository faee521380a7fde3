/**
 * What comes in by one header format goes out by every other: over real HTTP, through a server that asks another one.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { trace } from '../support/run.js'

type Headers = Readonly<Record<string, string>>
type Decision = 'accept' | 'deny' | 'defer' | 'debug'

const WIDE = '80f198ee56343ba864fe8b2a57d3eff7'
const NARROW = '64fe8b2a57d3eff7'
const SPAN = 'e457b5a2e4d86bd1'

/** How each format says each decision; what it has no word for is left out. */
const INCOMING: Readonly<Record<string, (trace: string, decision: Decision) => Headers | undefined>> = {
  b3multi: (trace, decision) => ({
    'X-B3-TraceId': trace,
    'X-B3-SpanId': SPAN,
    ...{ accept: { 'X-B3-Sampled': '1' }, deny: { 'X-B3-Sampled': '0' }, debug: { 'X-B3-Flags': '1' }, defer: {} }[
      decision
    ],
  }),
  b3: (trace, decision) => ({
    b3: `${trace}-${SPAN}${{ accept: '-1', deny: '-0', debug: '-d', defer: '' }[decision]}`,
  }),
  jaeger: (trace, decision) =>
    decision === 'defer'
      ? undefined
      : { 'uber-trace-id': `${trace}:${SPAN}:0:${{ accept: '1', deny: '0', debug: '3' }[decision]}` },
  tracecontext: (trace, decision) =>
    decision === 'defer' || decision === 'debug' || trace.length !== 32
      ? undefined
      : { traceparent: `00-${trace}-${SPAN}-${decision === 'accept' ? '01' : '00'}` },
}

/** The trace id and decision that each format carries on. */
const OUTGOING: Readonly<Record<string, (headers: Headers) => { trace: string; decision: Decision }>> = {
  b3multi(headers) {
    const decision =
      headers['x-b3-flags'] === '1' ? 'debug' : ({ '1': 'accept', '0': 'deny' } as const)[headers['x-b3-sampled'] ?? '']
    return { trace: String(headers['x-b3-traceid']), decision: decision ?? 'defer' }
  },
  b3(headers) {
    const [trace = '', , state = ''] = String(headers['b3']).split('-')
    return { trace, decision: ({ '1': 'accept', '0': 'deny', d: 'debug' } as const)[state] ?? 'defer' }
  },
  jaeger(headers) {
    const [trace = '', , , flags = ''] = String(headers['uber-trace-id']).split(':')
    return { trace, decision: ({ '1': 'accept', '0': 'deny', '3': 'debug' } as const)[flags] ?? 'defer' }
  },
  tracecontext(headers) {
    const [, trace = '', , flags = ''] = String(headers['traceparent']).split('-')
    return { trace, decision: (parseInt(flags, 16) & 1) === 1 ? 'accept' : 'deny' }
  },
}

/** Sends each set of headers to a server that asks another, and prints what the other got. */
function relay(requests: readonly Headers[]): void {
  const http = require('node:http')
  const net = require('node:net')
  const last = net.createServer((socket: any) => {
    socket.once('data', (data: any) => {
      const body = JSON.stringify(String(data).split('\r\n').slice(1, -2))
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`)
    })
  })
  const server = http.createServer((_req: any, res: any) => {
    http.get({ port: last.address().port, agent: false }, (answer: any) => answer.pipe(res))
  })
  const ask = (headers: Headers): Promise<string> =>
    new Promise((resolve) => {
      const lines = Object.entries({ Host: 'a', Connection: 'close', ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      )
      const socket = net.connect(server.address().port, () => socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`))
      let text = ''
      socket.on('data', (data: any) => (text += data)).on('close', () => resolve(text))
    })
  last.listen(0, () =>
    server.listen(0, async () => {
      for (const headers of requests) {
        const text = await ask(headers)
        console.log(/\[".*"\]/.exec(text)?.[0])
      }
      server.close()
      last.close()
    }),
  )
}

interface Relayed {
  readonly outgoing: readonly Headers[]
  readonly spans: readonly Arrived[]
}

async function relayed(requests: readonly Headers[], env: Readonly<Record<string, string>>): Promise<Relayed> {
  const { stdout, stderr, spans } = await trace(relay, { args: [requests], env })
  assert.equal(stderr, '')
  const outgoing = stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const pairs = (JSON.parse(line) as string[]).map((text) => /^([^:]*): (.*)$/.exec(text) ?? [])
      const names = pairs.map(([, name]) => name)
      assert.equal(new Set(names).size, names.length, `a header was sent twice: ${names.join()}`)
      return Object.fromEntries(pairs.map(([, name, value]) => [name, value])) as Headers
    })
  return { outgoing, spans }
}

const DECISIONS: readonly Decision[] = ['accept', 'deny', 'defer', 'debug']
const ALL = 'b3multi,b3,jaeger,tracecontext,baggage'

/** What a decision has become downstream, in a format that may lack words. */
function expected(decision: Decision, local: Decision, out: string): Decision {
  if (decision === 'defer') return local
  return decision === 'debug' && out === 'tracecontext' ? 'accept' : decision
}

for (const [sampler, local] of [
  ['parentbased_always_on', 'accept'],
  ['parentbased_always_off', 'deny'],
] as const) {
  describe(`a trace passed on, ${sampler}`, () => {
    const cases = Object.entries(INCOMING).flatMap(([format, write]) =>
      [WIDE, NARROW].flatMap((id) =>
        DECISIONS.flatMap((decision) => {
          const headers = write(id, decision)
          return headers === undefined ? [] : [{ format, id, decision, headers }]
        }),
      ),
    )

    it('keeps id, width, decision and debug flag from every format to every other', async () => {
      const { outgoing, spans } = await relayed(
        cases.map(({ headers }) => headers),
        { OTEL_PROPAGATORS: ALL, OTEL_TRACES_SAMPLER: sampler },
      )
      assert.equal(outgoing.length, cases.length)
      for (const [index, { format, id, decision }] of cases.entries()) {
        for (const [out, read] of Object.entries(OUTGOING)) {
          const found = read(outgoing[index] as Headers)
          const trace = out === 'tracecontext' ? id.padStart(32, '0') : id
          assert.deepEqual(
            found,
            { trace, decision: expected(decision, local, out) },
            `${format} ${decision} to ${out}`,
          )
        }
      }
      const recorded = cases.filter(({ decision }) => !['deny'].includes(expected(decision, local, 'b3')))
      assert.equal(spans.length, 2 * recorded.length)
      const servers = spans.filter((span) => span.kind === 'server')
      assert.ok(servers.every((span) => span.parentSpanId === SPAN))
    })

    for (const format of Object.keys(INCOMING)) {
      it(`goes on where ${format} is all there is`, async () => {
        const own = cases.filter((one) => one.format === format)
        const { outgoing } = await relayed(
          own.map(({ headers }) => headers),
          { OTEL_PROPAGATORS: format, OTEL_TRACES_SAMPLER: sampler },
        )
        for (const [index, { id, decision }] of own.entries()) {
          const found = OUTGOING[format]?.(outgoing[index] as Headers)
          assert.deepEqual(found, { trace: id, decision: expected(decision, local, format) })
        }
      })
    }
  })
}

describe('a decision without a trace', () => {
  const lone: readonly (readonly [Headers, Decision])[] = [
    [{ b3: '0' }, 'deny'],
    [{ b3: '1' }, 'accept'],
    [{ b3: 'd' }, 'debug'],
    [{ 'x-b3-sampled': '0' }, 'deny'],
    [{ 'x-b3-sampled': '1' }, 'accept'],
    [{ 'x-b3-flags': '1' }, 'debug'],
    [{ 'jaeger-debug-id': 'find me' }, 'debug'],
  ]

  it('begins a trace by it and goes on with it, whatever the local sampler thinks', async () => {
    for (const sampler of ['parentbased_always_on', 'parentbased_always_off']) {
      const { outgoing, spans } = await relayed(
        lone.map(([headers]) => headers),
        { OTEL_PROPAGATORS: ALL, OTEL_TRACES_SAMPLER: sampler },
      )
      for (const [index, [headers, decision]] of lone.entries()) {
        for (const out of ['b3multi', 'b3', 'jaeger']) {
          const found = OUTGOING[out]?.(outgoing[index] as Headers)
          assert.equal(found?.decision, decision, `${JSON.stringify(headers)} to ${out}`)
          assert.match(found?.trace ?? '', /^[0-9a-f]{32}$/)
        }
      }
      assert.equal(spans.length, 2 * 5)
      const tagged = spans.filter((span) => span.attributes['jaeger-debug-id'] === 'find me')
      assert.deepEqual(
        tagged.map((span) => [span.kind, span.parentSpanId]),
        [['server', undefined]],
      )
    }
  })
})

describe('baggage', () => {
  it('goes from either form to both', async () => {
    const [jaeger, w3c, manual] = (
      await relayed(
        [
          { 'uber-trace-id': `${WIDE}:${SPAN}:0:1`, 'uberctx-user': 'J%C3%BCrgen' },
          { traceparent: `00-${WIDE}-${SPAN}-01`, baggage: 'user=J%C3%BCrgen;property=1, plan = gold' },
          { 'jaeger-baggage': 'user=me, plan=gold' },
        ],
        { OTEL_PROPAGATORS: 'b3multi,jaeger,tracecontext,baggage' },
      )
    ).outgoing
    assert.equal(jaeger?.['uberctx-user'], 'J%C3%BCrgen')
    assert.equal(jaeger?.['baggage'], 'user=J%C3%BCrgen')
    assert.equal(w3c?.['uberctx-user'], 'J%C3%BCrgen')
    assert.equal(w3c?.['uberctx-plan'], 'gold')
    assert.equal(w3c?.['baggage'], 'user=J%C3%BCrgen;property=1,plan=gold')
    assert.equal(manual?.['uberctx-user'], 'me')
    assert.equal(manual?.['baggage'], 'user=me,plan=gold')
  })
})

describe('formats that disagree', () => {
  it('are settled by their order, and a malformed one spoils nothing', async () => {
    const other = 'a'.repeat(32)
    const b3 = `${WIDE}-${SPAN}-1`
    const traceparent = `00-${other}-${SPAN}-00`
    const requests = [
      { b3, traceparent },
      { b3: 'nonsense', traceparent },
      { b3, traceparent: `00-${WIDE}-${SPAN}-01`, tracestate: 'vendor=1' },
      { b3, 'uber-trace-id': 'xyz:abc:0:1' },
    ]
    const { outgoing } = await relayed(requests, { OTEL_PROPAGATORS: 'b3,jaeger,tracecontext' })
    assert.deepEqual(
      outgoing.map((headers) => OUTGOING['b3']?.(headers)),
      [
        { trace: WIDE, decision: 'accept' },
        { trace: other, decision: 'deny' },
        { trace: WIDE, decision: 'accept' },
        { trace: WIDE, decision: 'accept' },
      ],
    )
    assert.deepEqual(
      outgoing.map((headers) => headers['tracestate']),
      [undefined, undefined, 'vendor=1', undefined],
    )
    const { outgoing: reversed } = await relayed(requests, { OTEL_PROPAGATORS: 'tracecontext,jaeger,b3' })
    assert.equal(OUTGOING['b3']?.(reversed[0] as Headers).trace, other)
  })
})
