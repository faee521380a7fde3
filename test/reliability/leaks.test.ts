/**
 * What a service keeps of requests that are over, while what they have left behind keeps their contexts.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { preload, root, runNode, sourceOf, type App } from '../support/run.js'
import { MoodyCollector } from './collector.js'
import { leave, sized } from './figures.js'
import { answers } from './misbehaviour.js'
import type { Report } from './service.js'
import { Service } from './twins.js'

const MIB = 1 << 20
const REQUESTS = sized(10_000, 1_000_000)
const CONNECTIONS = 10
/** Requests that a connection has under way at a time. */
const TOGETHER = 10
/** How often it is looked. */
const LOOKS = 10
const SPANS = 2

/** What is seen of both services after so many requests: with the preload, without. */
type Look = readonly [Report, Report]

describe('a service under many requests', () => {
  it('grows no more than without the preload', async (context) => {
    const collector = await MoodyCollector.start()
    collector.behave(answers(200))
    const services = await Promise.all([
      Service.start({
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address}`,
        OTEL_BSP_SCHEDULE_DELAY: '50',
        OTEL_BSP_MAX_QUEUE_SIZE: '16384',
      }),
      Service.start(undefined),
    ])
    try {
      const looks = await soak(services)
      const [first, last] = [looks[0], looks.at(-1)]
      assert.ok(first && last)
      const all = JSON.stringify(looks, undefined, 2)
      for (const [index, service] of services.entries()) {
        assert.equal(last[index]?.served, REQUESTS, all)
        assert.equal(service.fares.served, REQUESTS, all)
        assert.equal(last[index]?.handles, first[index]?.handles, all)
        assert.equal(last[index]?.listeners, first[index]?.listeners, all)
        assert.deepEqual(service.lines, [])
      }
      const [traced] = last
      assert.equal(traced.finished, SPANS * REQUESTS, all)
      assert.equal(traced.exported + droppedOf(traced), traced.finished, all)
      const growth = [0, 1].map((index) => (last[index]?.memory ?? 0) - (first[index]?.memory ?? 0))
      context.diagnostic(`grown by ${growth.map((bytes) => hundredths(bytes / MIB)).join(' and ')} MiB`)
      assert.ok((growth[0] ?? 0) - (growth[1] ?? 0) < 1.5 * MIB, all)
      leaveFigures(looks, await collectable())
    } finally {
      await Promise.all(services.map((service) => service.end()))
      await collector.close()
    }
  })
})

async function soak(services: readonly [Service, Service]): Promise<Look[]> {
  const callers = await Promise.all(
    services.flatMap((service) => Array.from({ length: CONNECTIONS }, () => service.connect())),
  )
  const looks: Look[] = []
  const rounds = REQUESTS / LOOKS / CONNECTIONS / TOGETHER
  for (let i = 0; i < LOOKS; i++) {
    await Promise.all(
      callers.map(async (caller) => {
        for (let round = 0; round < rounds; round++) await caller.askTogether(`/?keep&spans=${SPANS - 1}`, TOGETHER)
      }),
    )
    looks.push(await Promise.all([services[0].ask('flush'), services[1].ask('flush')]))
  }
  for (const caller of callers) caller.close()
  return looks
}

function droppedOf({ dropped }: Report): number {
  return Object.values(dropped).reduce((a, b) => a + b, 0)
}

/** Its requests are over; intervals, promises, functions and sockets keep their contexts. */
const keeping: App = async (library: string) => {
  const { AsyncResource } = require('node:async_hooks')
  const { Agent, createServer, get } = require('node:http')
  const { setTimeout: sleep } = require('node:timers/promises')
  const { activeSpan, bind, flush, tracer } = require(library)
  const count = { registered: 0, collected: 0 }
  const registry = new FinalizationRegistry(() => count.collected++)
  const watch = (span: any): void => {
    count.registered++
    registry.register(span.record, undefined)
  }
  const traceIds = new Set<string>()
  const look = (): unknown => traceIds.add(activeSpan().context().toTraceId())
  const looks: (() => unknown)[] = []
  const kept: unknown[] = []
  const server = createServer((_req: unknown, res: any) => {
    watch(activeSpan())
    const own = tracer.startSpan('own', { tags: { text: 'x'.repeat(1000) } })
    watch(own)
    looks.push(bind(look), AsyncResource.bind(look))
    kept.push(setInterval(look, 5).unref())
    kept.push(new Promise(() => undefined).then(look))
    own.finish()
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let i = 0; i < 100; i++) {
    await new Promise<void>((resolve) => {
      get({ port: server.address().port, agent }, (res: any) => res.resume().on('close', resolve))
    })
  }
  await flush()
  for (let i = 0; i < 100 && count.collected < count.registered; i++) {
    await sleep(10)
    globalThis.gc?.()
  }
  for (const look of looks) look()
  console.log(JSON.stringify({ ...count, contexts: traceIds.size }))
  agent.destroy()
  server.close()
}

interface Collectable {
  readonly registered: number
  readonly collected: number
  readonly contexts: number
}

async function collectable(): Promise<Collectable> {
  const collector = await MoodyCollector.start()
  try {
    const { stdout, stderr, code } = await runNode(['--expose-gc', '-r', preload, '-e', sourceOf(keeping, [root])], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address}`, PRETRACE_EXIT_TIMEOUT: '10000' },
    })
    assert.deepEqual([stderr, code], ['', 0])
    return JSON.parse(stdout) as Collectable
  } finally {
    await collector.close()
  }
}

describe('a span that is over', () => {
  it('is collected although timers, promises, functions and sockets keep its context', async () => {
    assert.deepEqual(await collectable(), { registered: 200, collected: 200, contexts: 100 })
  })
})

const SAYS = `${REQUESTS.toLocaleString('en-US')} requests of ${SPANS} spans over ${CONNECTIONS} kept connections, ${TOGETHER} under way on each. Each request leaves an interval, a promise
and a function in a cache behind, all of which keep its context; a thousand of each are kept at a time. Memory is what
heap and buffers hold after a collection, with nothing waiting to be sent; the service without the preload, asked the same
at the same time, stands in brackets.`

function leaveFigures(looks: readonly Look[], { registered, collected, contexts }: Collectable): void {
  const [last] = looks.at(-1) as Look
  const beside = (of: (report: Report) => number, [traced, bare]: Look): string => `${of(traced)} (${of(bare)})`
  leave({
    suite: 'leaks',
    title: 'What stays',
    says: `${SAYS}

In a process of its own, ${registered} finished spans were looked at with a \`FinalizationRegistry\` while ${contexts} contexts of theirs were still
in use: the records of ${collected} were collected. What stays of a span are its ids.`,
    totals: {
      cases: 1,
      requests: last.served,
      delivered: last.exported,
      dropped: droppedOf(last),
      lost: last.finished - last.exported - droppedOf(last),
      errors: 0,
    },
    columns: ['Requests', 'Memory, MiB', 'Resident, MiB', 'Handles', 'Listeners on process'],
    rows: looks.map((look) => [
      look[0].served,
      beside(({ memory }) => hundredths(memory / MIB), look),
      beside(({ rss }) => Math.round(rss / MIB), look),
      beside(({ handles }) => handles, look),
      beside(({ listeners }) => listeners, look),
    ]),
  })
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}
