import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { root, runNode, type Ran } from '../support/run.js'

const hotrod = join(root, 'examples', 'hotrod')
const demo = join(root, 'scripts', 'demo.js')

interface Span {
  readonly id: string
  readonly parentId?: string
  readonly service: string
  readonly name: string
  readonly kind?: string
  readonly component: string
  readonly failed: boolean
  readonly start: number
  readonly end: number
}

/** Clocks of two processes of one machine agree this well, in ms. */
const CLOCKS = 2

describe('the demo', () => {
  let folder: string
  let ran: Ran
  let spans: Span[]

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pretrace-test-'))
    const file = join(folder, 'spans.json')
    ran = await runNode([demo, '--once', '--json', file])
    spans = JSON.parse(readFileSync(file, 'utf8')) as Span[]
  })

  after(() => rmSync(folder, { recursive: true }))

  function parentOf({ parentId }: Span): Span | undefined {
    return spans.find(({ id }) => id === parentId)
  }

  it('ends well and prints one tree across the four services', () => {
    assert.equal(ran.stderr, '')
    assert.equal(ran.code, 0)
    assert.equal(ran.stdout.match(/^trace [0-9a-f]{32} · /gm)?.length, 1)
    const [, tree = ''] = /^trace .*\n([^]*?)\n\n/m.exec(ran.stdout) ?? []
    const lines = tree.split('\n')
    assert.equal(lines.length, spans.length)
    assert.match(lines[0] as string, /^frontend: /)
    for (const service of ['customer', 'driver', 'route']) assert.match(tree, new RegExp(`─ ${service}: `))
    assert.match(tree, /SELECT id, name, location FROM hotrod\.customers WHERE id = \$1/)
  })

  it('has one root and spans of every service, of PostgreSQL and of Redis', () => {
    assert.deepEqual(
      spans.filter((span) => parentOf(span) === undefined).map(({ service, parentId }) => [service, parentId]),
      [['frontend', undefined]],
    )
    const services = new Set(spans.map(({ service }) => service))
    assert.deepEqual([...services].sort(), ['customer', 'driver', 'frontend', 'route'])
    const queries = spans.filter(({ component }) => component === 'pg')
    assert.deepEqual(new Set(queries.map(({ service }) => service)), new Set(['customer']))
    const commands = spans.filter(({ component }) => component === 'redis')
    assert.deepEqual(new Set(commands.map(({ service }) => service)), new Set(['driver']))
    // One search, and each of the ten drivers by itself.
    assert.ok(commands.length >= 11, `${commands.length} commands`)
    assert.equal(spans.filter(({ service, kind }) => service === 'route' && kind === 'server').length, 10)
  })

  it('shows the error that the driver service mends by trying again', () => {
    const failed = spans.filter(({ failed }) => failed)
    assert.ok(failed.length > 0)
    for (const span of failed) assert.equal(span.component, 'redis', `${span.name} of ${span.service} has failed`)
    assert.match(ran.stdout, /✗ .*WRONGTYPE/)
  })

  it('has each span within the time of its parent, or called by it from another process', () => {
    for (const span of spans) {
      const parent = parentOf(span)
      if (parent === undefined) continue
      const what = `${span.service}: ${span.name} [${span.start}, ${span.end}] in ${parent.name} [${parent.start}, ${parent.end}]`
      if (span.service === parent.service) {
        assert.ok(span.start >= parent.start && span.end <= parent.end, what)
      } else {
        assert.deepEqual([span.kind, parent.kind], ['server', 'client'], what)
        assert.ok(span.start >= parent.start - CLOCKS && span.start <= parent.end + CLOCKS, what)
      }
    }
  })

  it('stays up without --once, prints the rides ordered by hand, and leaves nothing behind at Ctrl-C', async () => {
    let page = ''
    let addresses: string[] = []
    const ran = await runNode([demo], {
      onStart(child) {
        let printed = ''
        let isOrdered = false
        child.stdout?.on('data', async (text: string) => {
          printed += text
          const [, frontend] = /^Order more at: +(\S+)$/m.exec(printed) ?? []
          if (frontend !== undefined && !isOrdered) {
            isOrdered = true
            addresses = printed.match(/(?<=http:\/\/)[\d.]+:\d+/g) ?? []
            page = await (await fetch(frontend)).text()
            await (await fetch(`${frontend}/dispatch?customer=567`)).text()
          }
          if (printed.match(/^trace /gm)?.length === 2) child.kill('SIGINT')
        })
      },
    })
    assert.equal(ran.stderr, '')
    assert.equal(ran.code, 0)
    assert.match(page, /<title>HotROD/)
    assert.equal(ran.stdout.match(/http server · 200 · \/dispatch\?customer=567$/gm)?.length, 1)
    // The viewer’s, and those of four services.
    assert.equal(new Set(addresses).size, 5)
    for (const address of addresses) await assert.rejects(reach(address), { code: 'ECONNREFUSED' })
  })
})

async function reach(address: string): Promise<void> {
  const [host, port] = address.split(':') as [string, string]
  const socket = connect(Number(port), host)
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}

describe('the services of the demo', () => {
  const files = readdirSync(hotrod, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|html)$/.test(name))

  it('are four, with a page and their data', () => {
    assert.deepEqual(files.sort(), [
      'config.js',
      'customer.js',
      'driver.js',
      'frontend.js',
      join('public', 'index.html'),
      'route.js',
      'seed.js',
      'serve.js',
    ])
  })

  for (const name of files) {
    it(`know nothing of tracing: ${name}`, () => {
      const source = readFileSync(join(hotrod, name), 'utf8')
      assert.doesNotMatch(source, /trac(e|ing)|opentelemetry|otel|jaeger|zipkin|b3\b|async_hooks/i)
    })
  }
})
