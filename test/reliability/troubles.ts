/**
 * What can go wrong between an application and its backend, each with a way to make it happen and, where that can be, to
 * have it pass.
 */
import { readFileSync } from 'node:fs'
import { certificates } from '../support/certificates.js'
import { root } from '../support/run.js'
import { MoodyCollector, type Behaviour } from './collector.js'
import { fullDisk, missingFolder } from './disk.js'
import { answers, closesAtRandom, drips, hangs, hangsAfterTheHead, isEloquent } from './misbehaviour.js'
import { refusesUnread, resetsWhileAnswering, resetsWhileReading } from './misbehaviour.js'
import { nobodyAtThePort } from './udp.js'
import { nameThatHangs, nameUnknown } from './names.js'
import { stopped } from './stopped.js'

/** A backend, and the tracer's way to it. */
export interface Trouble {
  /** What leads the tracer there. */
  readonly env: Readonly<Record<string, string>>
  /** A command that the traced service is started by. */
  readonly prefix?: readonly string[]
  /** The trouble begins. */
  begin(): Promise<void> | void
  /** And passes. Undefined: here it cannot; `why` tells the reader. */
  readonly end: (() => Promise<void> | void) | undefined
  readonly why?: string
  /** The ids of the spans that arrived. */
  taken(): Promise<readonly string[]> | readonly string[]
  /** How many of them may have been given up in the moment in which they arrived. */
  unheard?(): number
  stop(): Promise<void>
}

export interface Fault {
  readonly name: string
  readonly make: () => Promise<Trouble>
  /** The line that is heard of it; none where everything gets through all the same. */
  readonly line: RegExp | undefined
  /** It takes longer than the others by so much. */
  readonly times?: { readonly short: number; readonly long: number }
}

function withCollector(behaviour: Behaviour): () => Promise<Trouble> {
  return async () => {
    const collector = await MoodyCollector.start()
    return troubleOf(collector, {
      begin: () => collector.behave(behaviour),
      end: () => collector.behave(),
    })
  }
}

function troubleOf(collector: MoodyCollector, ways: Pick<Trouble, 'begin' | 'end'> & Partial<Trouble>): Trouble {
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address}` },
    taken: () => collector.taken,
    unheard: () => collector.unheard,
    stop: () => collector.close(),
    ...ways,
  }
}

async function refusing(): Promise<Trouble> {
  const collector = await MoodyCollector.start()
  return troubleOf(collector, {
    async begin() {
      await collector.quiet()
      await collector.close()
    },
    end: () => collector.listen(),
  })
}

/** A certificate that nobody vouches for, instead of the one that the service was told to trust. */
async function untrusted(): Promise<Trouble> {
  const fixture = (name: string): Buffer => readFileSync(`${root}/test/fixtures/${name}.pem`)
  const good = { key: readFileSync(certificates.serverKey), cert: readFileSync(certificates.server) }
  const bad = { key: fixture('key'), cert: fixture('cert') }
  const collector = await MoodyCollector.start(good)
  return troubleOf(collector, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${collector.address}`,
      OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.ca,
    },
    async begin() {
      await collector.quiet()
      collector.present(bad)
    },
    end: () => collector.present(good),
  })
}

/** The same at every run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const NO_ANSWER = /no answer within \d+ ms/
const AWAY = /ECONNREFUSED|ECONNRESET/

export const faults: readonly Fault[] = [
  { name: 'refuses connections', make: refusing, line: AWAY },
  { name: 'hangs at connect', make: stopped, line: NO_ANSWER },
  { name: 'takes messages and never answers', make: withCollector(hangs), line: NO_ANSWER },
  { name: 'hangs after its answer’s head', make: withCollector(hangsAfterTheHead), line: NO_ANSWER },
  { name: 'drips its answer byte by byte', make: withCollector(drips), line: NO_ANSWER },
  {
    name: 'resets in the middle of a message',
    make: withCollector(resetsWhileReading),
    line: /ECONNRESET|EPIPE|hang up|without an answer/,
  },
  {
    name: 'resets in the middle of its answer',
    make: withCollector(resetsWhileAnswering),
    line: /aborted|ECONNRESET|without an answer/,
  },
  { name: 'answers 400', make: withCollector(answers(400)), line: /answers 400/ },
  { name: 'answers 401', make: withCollector(answers(401)), line: /answers 401/ },
  { name: 'answers 413, the message unread', make: withCollector(refusesUnread), line: /answers 413|EPIPE|ECONNRESET/ },
  {
    name: 'answers 429 with Retry-After',
    make: withCollector(answers(429, { 'retry-after': '1' })),
    line: /answers 429/,
  },
  { name: 'answers 500', make: withCollector(answers(500)), line: /answers 500/ },
  { name: 'answers 503', make: withCollector(answers(503)), line: /answers 503/ },
  { name: 'answers with 100 MB', make: withCollector(isEloquent), line: undefined },
  { name: 'closes kept connections at random', make: withCollector(closesAtRandom(randomFrom(7))), line: undefined },
  { name: 'is away for long', make: refusing, line: AWAY, times: { short: 4, long: 30 } },
  { name: 'has a name that nobody knows', make: nameUnknown, line: /ENOTFOUND|EAI_AGAIN|socket hang up/ },
  {
    name: 'has a name whose lookup hangs',
    make: nameThatHangs,
    line: /no answer within \d+ ms|EAI_AGAIN/,
    times: { short: 2, long: 1 },
  },
  { name: 'has a certificate that nobody trusts', make: untrusted, line: /certificate/ },
  { name: 'is a file on a full disk', make: fullDisk, line: /ENOSPC/ },
  { name: 'is a file that cannot be written', make: missingFolder, line: /ENOENT/ },
  { name: 'is an agent’s UDP port, and nobody is there', make: nobodyAtThePort, line: /ECONNREFUSED|ECONNRESET/ },
]
