/**
 * Which question is answered by whom.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Collection } from './collection.js'
import { traceIdOf } from './formats/intake.js'
import { Malformed } from './formats/protobuf.js'
import { answerJson, answerOtlp, COMMON_HEADERS, refuse } from './http/answer.js'
import { bodyOf, Refusal } from './http/body.js'
import type { Guard } from './http/guard.js'
import type { Live } from './http/live.js'
import { servePage } from './http/page.js'
import { Presence } from './http/presence.js'
import { endpoints } from './query/endpoints.js'
import { insights } from './query/insights.js'
import { map } from './query/map.js'
import { rangeQueryOf, traceQueryOf } from './query/parameters.js'
import { search } from './query/search.js'
import { services } from './query/services.js'

/** Bytes of a message of spans, and of a file. */
const MOST_OF_A_MESSAGE = 32 * 1024 * 1024
const MOST_OF_A_FILE = 256 * 1024 * 1024
const MOST_OF_RUNTIME = 1024 * 1024

type Answer = (asked: Asked) => unknown

interface Asked {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: URL
  readonly collection: Collection
  readonly live: Live
  readonly presence: Presence
}

const POST: Readonly<Record<string, Answer>> = {
  async '/v1/traces'({ req, res, collection }) {
    const isJson = !(req.headers['content-type'] ?? '').includes('protobuf')
    answerOtlp(res, await collection.takeOtlp(await bodyOf(req, MOST_OF_A_MESSAGE), isJson), isJson)
  },
  async '/api/v2/spans'({ req, res, collection }) {
    await collection.takeZipkin(await bodyOf(req, MOST_OF_A_MESSAGE))
    res.writeHead(202, { 'content-length': 0 }).end()
  },
  async '/v1/runtime'({ req, res, collection }) {
    collection.takeRuntime(await bodyOf(req, MOST_OF_RUNTIME))
    answerJson(res, {})
  },
  async '/api/open'({ req, res, collection }) {
    answerJson(res, collection.open((await bodyOf(req, MOST_OF_A_FILE)).toString('utf8')))
  },
}

const GET: Readonly<Record<string, Answer>> = {
  '/api/traces': ({ res, url, collection }) =>
    answerJson(res, search(collection.store, traceQueryOf(url.searchParams))),
  '/api/services': ({ res, collection }) => answerJson(res, services(collection.store)),
  '/api/endpoints': ({ res, url, collection }) =>
    answerJson(res, endpoints(collection.store, rangeQueryOf(url.searchParams))),
  '/api/map': ({ res, url, collection }) => answerJson(res, map(collection.store, rangeQueryOf(url.searchParams))),
  '/api/insights': async ({ res, url, collection }) =>
    answerJson(res, await insights(collection.store, rangeQueryOf(url.searchParams))),
  '/api/status': ({ res, collection }) => answerJson(res, collection.status()),
  '/api/presence'({ res, presence }) {
    if (!presence.add(res)) throw new Refusal(503, 'too many processes are here already')
  },
  '/api/live'({ res, live }) {
    if (!live.add(res)) throw new Refusal(503, 'too many pages listen already')
  },
}

const TRACE = /^\/api\/traces\/([0-9a-f]{1,32})$/i
const API = /^\/(api|v1)(\/|$)/

export class Routes {
  private readonly collection: Collection
  private readonly live: Live
  private readonly guard: Guard
  private readonly presence = new Presence()

  constructor(collection: Collection, live: Live, guard: Guard) {
    this.collection = collection
    this.live = live
    this.guard = guard
  }

  /** Answers a request. Nothing is thrown, whatever is asked. */
  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    void this.answer(req, res).catch((error: unknown) => {
      if (req.method === 'POST') this.collection.refusedRequests++
      // What is not read of the body is not waited for.
      if (!req.complete) res.setHeader('connection', 'close')
      if (error instanceof Refusal) refuse(res, error.status, error.message)
      else if (error instanceof Malformed) refuse(res, 400, error.message)
      else refuse(res, 500, 'this could not be answered')
    })
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) res.setHeader(name, value)
    const why = this.guard.refusal(req.headers)
    if (why !== undefined) throw new Refusal(403, why)
    this.welcome(req, res)
    const { method = '', url: target = '/' } = req
    if (method === 'OPTIONS') return void res.writeHead(204).end()
    const url = urlOf(target)
    const asked: Asked = { req, res, url, collection: this.collection, live: this.live, presence: this.presence }
    const answer = (method === 'POST' ? POST : method === 'GET' ? GET : {})[url.pathname]
    if (answer !== undefined) return void (await answer(asked))
    if (method !== 'GET' && method !== 'HEAD')
      throw new Refusal(POST[url.pathname] ? 405 : 404, 'nothing is taken here')
    if (!API.test(url.pathname)) return servePage(url.pathname, res)
    this.answerTrace(url.pathname, res)
  }

  /** A configured origin may read the answer, whatever it is. */
  private welcome(req: IncomingMessage, res: ServerResponse): void {
    res.setHeader('vary', 'origin')
    const origin = this.guard.foreign(req.headers)
    res.setHeader('cross-origin-resource-policy', origin === undefined ? 'same-origin' : 'cross-origin')
    if (origin === undefined) return
    res.setHeader('access-control-allow-origin', origin)
    res.setHeader('access-control-allow-methods', 'GET, POST')
    res.setHeader('access-control-allow-headers', 'content-type, content-encoding, traceparent, tracestate, baggage')
    res.setHeader('access-control-max-age', '600')
  }

  private answerTrace(path: string, res: ServerResponse): void {
    const [, id] = TRACE.exec(path) ?? []
    if (id === undefined) throw new Refusal(404, 'there is no such question')
    const answer = this.collection.trace(traceIdOf(id) ?? '')
    if (answer === undefined) throw new Refusal(404, 'this trace is not, or no longer, kept')
    answerJson(res, answer)
  }
}

function urlOf(target: string): URL {
  try {
    return new URL(target, 'http://viewer')
  } catch {
    throw new Refusal(400, 'this is no address')
  }
}
