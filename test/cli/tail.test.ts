import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { eventsIn, type ServerEvent } from '../../src/cli/event-stream.js'
import type { Trace } from '../../viewer/model/trace.js'
import { startViewer, type Viewer } from '../../viewer/server/index.js'
import { pretrace, startPretrace, type Started } from '../support/cli.js'

const viewers = new Set<Viewer>()
after(async () => {
  for (const viewer of viewers) await viewer.close()
})

async function viewer(port = 0): Promise<Viewer> {
  const started = await startViewer({ port })
  viewers.add(started)
  return started
}

async function stop(viewer: Viewer): Promise<void> {
  viewers.delete(viewer)
  await viewer.close()
}

interface Made {
  readonly service?: string
  readonly duration?: number
  readonly failed?: boolean
  readonly tags?: Readonly<Record<string, string>>
}

let count = 0

/** A trace of one span. */
async function send({ url }: Viewer, name: string, { service = 'shop', duration = 10, failed, tags = {} }: Made = {}) {
  const traceId = (++count).toString(16).padStart(32, 'a')
  const start = Date.now()
  const attributes = Object.entries(tags).map(([key, value]) => ({ key, value: { stringValue: value } }))
  const span = {
    traceId,
    spanId: 'b'.repeat(16),
    name,
    kind: 2,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + duration}000000`,
    attributes,
    status: failed === true ? { code: 2, message: 'broken' } : {},
  }
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] }
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans: [span] }] }] })
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  assert.equal(response.status, 200)
  return traceId
}

async function following(url: string, ...options: readonly string[]): Promise<Started> {
  const tail = startPretrace(['tail', ...options, url])
  await tail.says(/following/)
  return tail
}

async function stopped(tail: Started): Promise<string> {
  tail.child.kill('SIGINT')
  const { code, stdout } = await tail.end
  assert.equal(code, 0)
  return stdout
}

describe('pretrace tail', () => {
  it('prints a line a trace, once', async () => {
    const shown = await viewer()
    await send(shown, 'GET /before')
    const tail = await following(shown.url)
    const id = await send(shown, 'GET /cart/:id', { failed: true, duration: 108 })
    await tail.says(new RegExp(id))
    const [line, ...rest] = (await stopped(tail)).trimEnd().split('\n')
    assert.match(
      line ?? '',
      new RegExp(`^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} +108 ms  shop: GET /cart/:id +1 span  ✗ 1 failed  ${id}$`),
    )
    assert.deepEqual(rest, [])
  })

  it('begins with some that are there already, if asked to', async () => {
    const shown = await viewer()
    for (const name of ['one', 'two', 'three']) await send(shown, name)
    const tail = await following(shown.url, '--last', '2')
    await tail.says(/three/)
    const names = [...(await stopped(tail)).matchAll(/shop: (\w+)/g)].map(([, name]) => name)
    assert.deepEqual(names, ['two', 'three'])
  })

  it('begins with the last ones that fit', async () => {
    const shown = await viewer()
    for (const name of ['one', 'two', 'three']) await send(shown, name, { failed: name === 'two' })
    const tail = await following(shown.url, '--last', '1', '--status', 'error')
    await tail.says(/two/)
    assert.equal((await stopped(tail)).match(/shop: /g)?.length, 1)
  })

  it('prints trees', async () => {
    const shown = await viewer()
    const tail = await following(shown.url, '--tree')
    const id = await send(shown, 'GET /x', { tags: { 'http.response.status_code': '200', 'url.path': '/x' } })
    await tail.says(/GET \/x/)
    const bar = '━'.repeat(24)
    assert.equal(
      await stopped(tail),
      `trace ${id} · 1 span · 10.0 ms\nshop: GET /x  ${bar}  10.0 ms  server · 200 · /x\n\n`,
    )
  })

  it('prints JSON, of traces or with all their spans', async () => {
    const shown = await viewer()
    const [lines, trees] = [await following(shown.url, '--json'), await following(shown.url, '--json', '--tree')]
    const id = await send(shown, 'job')
    for (const tail of [lines, trees]) await tail.says(/job/)
    const summary = JSON.parse(await stopped(lines)) as Record<string, unknown>
    assert.deepEqual([summary['id'], summary['service'], summary['spans']], [id, 'shop', 1])
    const trace = JSON.parse(await stopped(trees)) as Trace
    assert.deepEqual([trace.id, trace.spans.map(({ name }) => name)], [id, ['job']])
  })

  const filters: readonly (readonly [options: readonly string[], wanted: readonly string[]])[] = [
    [['--service', 'till'], ['slow']],
    [['--operation', 'plain'], ['plain']],
    [['--operation', 'plain', '--service', 'till'], []],
    [['--status', 'error'], ['bad']],
    [
      ['--status', 'ok'],
      ['plain', 'slow', 'tagged'],
    ],
    [['--min-duration', '1s'], ['slow']],
    [
      ['--max-duration', '20ms', '--status', 'ok'],
      ['plain', 'tagged'],
    ],
    [['--text', 'BROKEN'], ['bad']],
    [['--text', 'gold'], ['tagged']],
    [['--tag', 'tier=gold', '--tag', 'zone'], ['tagged']],
    [['--tag', 'tier=silver'], []],
    [['--tag', 'service.name=till'], ['slow']],
  ]
  it('filters', async () => {
    const shown = await viewer()
    const tails = await Promise.all(filters.map(([options]) => following(shown.url, ...options)))
    const all = await following(shown.url)
    await send(shown, 'plain')
    await send(shown, 'bad', { failed: true })
    await send(shown, 'slow', { service: 'till', duration: 3000 })
    await send(shown, 'tagged', { tags: { tier: 'gold', zone: '7' } })
    await all.says(/tagged/)
    for (const [index, [, wanted]] of filters.entries()) {
      for (const name of wanted) await (tails[index] as Started).says(new RegExp(`: ${name} `))
    }
    // Those that want nothing have had as much time as the others.
    const found = await Promise.all(
      tails.map(async (tail) => [...(await stopped(tail)).matchAll(/: (\w+) /g)].map(([, name]) => name)),
    )
    assert.deepEqual(
      found,
      filters.map(([, wanted]) => wanted),
    )
  })

  it('waits for a viewer, and comes back when it does', async () => {
    const first = await viewer()
    const port = first.ports[0] as number
    await stop(first)
    const tail = startPretrace(['tail', String(port)])
    await tail.says(/no viewer at .*ECONNREFUSED.*; waiting for it/)
    const second = await viewer(port)
    await tail.says(/following/)
    await send(second, 'early')
    await tail.says(/early/)
    await stop(second)
    await tail.says(/it has closed the connection; waiting for it/)
    const third = await viewer(port)
    await tail.says(/(following[\s\S]*){2}/)
    await send(third, 'late')
    await tail.says(/late/)
    await stopped(tail)
  })

  it('says what answers at an address that is no viewer’s', async () => {
    const { createServer } = await import('node:http')
    const other = createServer((_req, res) => res.writeHead(404).end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    after(() => other.close())
    const tail = startPretrace(['tail', String((other.address() as { port: number }).port)])
    await tail.says(/no viewer at http:\S+: it answers 404; waiting for it/)
    await stopped(tail)
  })

  it('shows hostile names as text', async () => {
    const shown = await viewer()
    const tail = await following(shown.url)
    await send(shown, 'red \u001b[31m\r\nalert')
    await tail.says(/alert/)
    assert.match(await stopped(tail), /red \\x1b\[31m\\r\\nalert/)
  })

  it('takes one address', async () => {
    assert.equal((await pretrace(['tail', 'a', 'b'])).stderr, 'pretrace: tail: there is one viewer to be followed\n')
  })
})

describe('a stream of events', () => {
  async function read(...chunks: readonly string[]): Promise<ServerEvent[]> {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield Buffer.from(chunk, 'latin1')
    }
    const events: ServerEvent[] = []
    for await (const event of eventsIn(bytes())) events.push(event)
    return events
  }

  it('is read whatever its pieces', async () => {
    const text = Buffer.from('event: trace\ndata: {"a":"ü"}\n\n:\n\nevent: status\ndata: 1\ndata: 2\n\n').toString(
      'latin1',
    )
    const events = [
      { name: 'trace', data: '{"a":"ü"}' },
      { name: 'status', data: '1\n2' },
    ]
    assert.deepEqual(await read(text), events)
    assert.deepEqual(await read(...text.split('')), events)
  })

  it('without an end is none', async () => {
    assert.deepEqual(await read('data: 1\n'), [])
  })
})
