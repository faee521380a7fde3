/**
 * Jaeger's remote sampling against a real server, in this process and in applications of their own.
 */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Remote, type Later } from '../../src/sampling/remote.js'
import { circumstances, decisionOf } from '../support/sampling.js'
import { succeed, trace } from '../support/run.js'

type Reply = (res: ServerResponse, req: IncomingMessage) => void
const ALL = JSON.stringify({ strategyType: 'PROBABILISTIC', probabilisticSampling: { samplingRate: 1 } })
const NONE = JSON.stringify({ strategyType: 0, probabilisticSampling: { samplingRate: 0 } })
const OPERATIONS = JSON.stringify({
  operationSampling: {
    defaultSamplingProbability: 0,
    perOperationStrategies: [{ operation: 'GET /users/:id', probabilisticSampling: { samplingRate: 1 } }],
  },
})
const saying =
  (text: string, status = 200): Reply =>
  (res) => {
    res.statusCode = status
    res.end(text)
  }

/** A Jaeger agent whose answer the test sets. */
class Agent {
  reply: Reply = saying(ALL)
  readonly asked: string[] = []
  private readonly server: Server
  private wake: () => void = () => {}

  private constructor(server: Server) {
    this.server = server
  }

  static async start(port = 0): Promise<Agent> {
    const agent: Agent = new Agent(
      createServer((req, res) => {
        if (req.url === '/asked') return void res.end(String(agent.asked.length))
        agent.asked.push(req.url ?? '')
        agent.reply(res, req)
        agent.wake()
      }),
    )
    await new Promise<void>((resolve) => agent.server.listen(port, '127.0.0.1', resolve))
    return agent
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/sampling`
  }

  /** Resolves when it has been asked `times` times more. */
  async wasAsked(times: number): Promise<void> {
    for (const enough = this.asked.length + times; this.asked.length < enough;)
      await new Promise<void>((resolve) => (this.wake = resolve))
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

const agents: Agent[] = []
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()))
})

async function anAgent(port?: number): Promise<Agent> {
  const agent = await Agent.start(port)
  agents.push(agent)
  return agent
}

function remoteOf({ url }: Agent, interval = 20, later?: Later): Remote {
  const options = { service: 'cart & co', url, interval, patience: 50, initialShare: 0, operations: 2000 }
  return new Remote(options, circumstances(), later)
}

/** Waits until the sampler decides so. */
async function decides(sampler: Remote, decision: string): Promise<void> {
  while (decisionOf(sampler) !== decision) await sleep(2)
}

describe('a remote sampler', () => {
  it('begins with its initial share and asks at once, for its service alone', async () => {
    const agent = await anAgent()
    const sampler = remoteOf(agent)
    assert.equal(decisionOf(sampler), 'denied')
    await agent.wasAsked(1)
    assert.equal(agent.asked[0], '/sampling?service=cart+%26+co')
    await decides(sampler, 'accepted')
  })

  it('goes by every new answer', async () => {
    const agent = await anAgent()
    const sampler = remoteOf(agent)
    await decides(sampler, 'accepted')
    agent.reply = saying(NONE)
    await decides(sampler, 'denied')
    agent.reply = saying(ALL)
    await decides(sampler, 'accepted')
  })

  it('keeps a bucket that is described alike again as it is', async () => {
    const agent = await anAgent()
    agent.reply = saying(JSON.stringify({ strategyType: 1, rateLimitingSampling: { maxTracesPerSecond: 1 } }))
    const clock = circumstances()
    const sampler = new Remote({ service: 'cart', url: agent.url, interval: 10, initialShare: 1, operations: 1 }, clock)
    await agent.wasAsked(2)
    clock.time = 5000
    await decides(sampler, 'accepted')
    await agent.wasAsked(3)
    assert.equal(decisionOf(sampler), 'denied')
  })

  for (const [what, reply] of [
    ['says 404', saying('no such service', 404)],
    ['says 500', saying(NONE, 500)],
    ['says nothing', (): void => {}],
    ['breaks off', (res: ServerResponse): void => void res.write('{"probab', () => res.destroy())],
    ['hangs up', (res: ServerResponse): void => void res.destroy()],
    ['talks nonsense', saying('<html>')],
    ['has no end', (res: ServerResponse): void => void res.write('x'.repeat(5_000_000))],
    ['sends it elsewhere', (res: ServerResponse): void => void res.writeHead(302, { location: '/' }).end()],
  ] as const) {
    it(`keeps the last strategy while the agent ${what}, and takes the next`, async () => {
      const agent = await anAgent()
      const sampler = remoteOf(agent)
      await decides(sampler, 'accepted')
      agent.reply = reply
      await agent.wasAsked(3)
      assert.equal(decisionOf(sampler), 'accepted')
      agent.reply = saying(NONE)
      await decides(sampler, 'denied')
    })
  }

  it('keeps the last strategy while the agent is away, and takes the next when it is back', async () => {
    const agent = await anAgent()
    const { port } = agent
    const sampler = remoteOf(agent)
    await decides(sampler, 'accepted')
    await agents.pop()?.stop()
    await sleep(60)
    assert.equal(decisionOf(sampler), 'accepted')
    const back = await anAgent(port)
    back.reply = saying(NONE)
    await decides(sampler, 'denied')
  })

  it('asks at times that vary', async () => {
    const agent = await anAgent()
    const delays: number[] = []
    remoteOf(agent, 60_000, (fn, delay) => {
      delays.push(delay)
      if (delays.length < 50) fn()
    })
    await agent.wasAsked(50)
    assert.ok(Math.min(...delays) >= 54_000 && Math.max(...delays) <= 66_000, delays.join())
    assert.ok(Math.max(...delays) - Math.min(...delays) > 6000, delays.join())
  })
})

/**
 * Serves, asks itself `requests` one after the other, and ends. Where there is a sampling agent at `agentPort`, it waits
 * until that has been asked for the second time: the first answer counts by then.
 */
async function application(requests: readonly string[], agentPort: number, askPath: string): Promise<void> {
  const { ask } = require(askPath) as typeof import('../support/ask.js')
  const { createServer } = require('node:http') as typeof import('node:http')
  const server = createServer((_req, res) => res.end()).listen(0)
  const { port } = server.address() as { port: number }
  if (agentPort === 0) await new Promise((resolve) => setTimeout(resolve, 100))
  else while (Number((await ask(agentPort, 'GET /asked')).body.match(/\d+/)) < 2);
  for (const request of requests) await ask(port, request)
  server.close()
}

describe('a process with a remote sampler', () => {
  const { askPath } = require('../support/ask.js') as typeof import('../support/ask.js')
  const run = (
    agent: Agent,
    env: Readonly<Record<string, string>>,
    ...requests: string[]
  ): ReturnType<typeof succeed> =>
    succeed(application, {
      args: [requests, agent.port, askPath],
      env: { OTEL_SERVICE_NAME: 'cart', JAEGER_SAMPLER_REFRESH_INTERVAL: '20', ...env },
    })

  it('is sampled as the agent says, by Jaeger’s variables', async () => {
    const agent = await anAgent()
    agent.reply = saying(OPERATIONS)
    const env = { JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_MANAGER_HOST_PORT: `127.0.0.1:${agent.port}` }
    const { spans } = await run(agent, env, 'GET /users/7', 'GET /other', 'POST /users/7')
    assert.deepEqual(
      spans.map(({ attributes }) => attributes['url.path']),
      ['/users/7'],
    )
    assert.equal(spans[0]?.attributes['sampler.type'], 'probabilistic')
    assert.equal(spans[0]?.attributes['sampler.param'], 1)
    assert.deepEqual(new Set(agent.asked), new Set(['/sampling?service=cart']))
  })

  it('is sampled as the agent says, by OpenTelemetry’s variables', async () => {
    const agent = await anAgent()
    agent.reply = saying(NONE)
    const env = {
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: `endpoint=http://127.0.0.1:${agent.port},pollingIntervalMs=40,initialSamplingRate=1`,
    }
    const { spans } = await run(agent, env, 'GET /')
    assert.deepEqual(spans, [])
    assert.ok(agent.asked.length >= 2, `asked ${agent.asked.length} times`)
  })

  it('asks through a proxy, the first time too', async () => {
    const proxy = await anAgent()
    const { spans } = await run(
      proxy,
      {
        OTEL_TRACES_SAMPLER: 'jaeger_remote',
        OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://sampling.example:5778,pollingIntervalMs=20,initialSamplingRate=0',
        HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      },
      'GET /',
    )
    assert.equal(spans.length, 1)
    assert.deepEqual(new Set(proxy.asked), new Set(['http://sampling.example:5778/sampling?service=cart']))
  })

  it('ends as soon as ever, although the agent has not answered', async () => {
    const agent = await anAgent()
    const env = { OTEL_TRACES_SAMPLER: 'jaeger_remote', JAEGER_SAMPLING_ENDPOINT: agent.url }
    const gaveUp = new Promise((resolve) => {
      agent.reply = (_res, req) => void req.socket.on('close', resolve)
    })
    await succeed(application, { args: [['GET /'], 0, askPath], env })
    // It would not have, had the process waited for an answer: there is none.
    await gaveUp
    assert.equal(agent.asked.length, 1)
  })

  it('says once that there is no agent, and by what it samples', async () => {
    const agent = await anAgent()
    const { port } = agent
    await agents.pop()?.stop()
    const env = { JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_PARAM: '1', JAEGER_SAMPLER_REFRESH_INTERVAL: '10' }
    const { stderr, spans } = await trace(application, {
      args: [['GET /'], 0, askPath],
      env: { ...env, JAEGER_SAMPLER_HOST: '127.0.0.1', JAEGER_SAMPLER_PORT: String(port) },
    })
    assert.equal(
      stderr,
      `pretrace: no sampling strategy comes from http://127.0.0.1:${port}/sampling: connect ECONNREFUSED 127.0.0.1:${port}; keeping a share of 1\n`,
    )
    assert.equal(spans.length, 1)
  })
})
