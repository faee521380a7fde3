/**
 * Exporters whose batches are lists of names, and the backend that gets them. Importing it prepares each test of the file.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, mock } from 'node:test'
import { BatchingExporter, type QueueLimits } from '../../src/export/batching.js'
import { wholeBatches } from '../../src/export/draft.js'
import type { Exporter, OutgoingRequest } from '../../src/export/exporter.js'
import { ledger } from '../../src/ledger.js'
import type { SpanRecord } from '../../src/tracer/record.js'

/** A backend that keeps the bodies it got and answers as it is told. */
export class Backend {
  readonly batches: string[][] = []
  status = 200
  /** Answers are held until this resolves. */
  gate: Promise<void> = Promise.resolve()
  private server!: Server

  async start(): Promise<void> {
    this.server = createServer((req, res) => {
      let body = ''
      req.on('data', (chunk: Buffer) => (body += chunk.toString()))
      req.on('end', () => {
        this.batches.push(JSON.parse(body) as string[])
        void this.gate.then(() => res.writeHead(this.status).end('no'))
      })
    })
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/in`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Resolves when so many batches have come. */
  async got(count: number): Promise<void> {
    while (this.batches.length < count) await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export const backend = new Backend()
export const waiting = new Set<Exporter>()
const atExit = {
  add: (exporter: Exporter) => waiting.add(exporter),
  remove: (exporter: Exporter) => waiting.delete(exporter),
}
const LIMITS = { queueSize: 100, batchSize: 10, scheduleDelay: 1e6 }
let before = snapshot()
let names = 0

export function snapshot(): { readonly exported: number; readonly dropped: typeof ledger.dropped } {
  return { exported: ledger.exported, dropped: { ...ledger.dropped } }
}

export const span = (name: string): SpanRecord => ({ name }) as SpanRecord

export function encode(url: string, timeout: number) {
  return (batch: readonly SpanRecord[]): OutgoingRequest => {
    if (batch.some(({ name }) => name === 'poison')) throw new Error('cannot encode')
    const body = Buffer.from(JSON.stringify(batch.map(({ name }) => name)))
    return { url, headers: {}, body, spans: batch.length, timeout }
  }
}

/** An exporter whose encoder does `work` before it is done. All batches are encoded into the same memory. */
export function steppingExporter(
  work: (batch: readonly SpanRecord[]) => Generator<void>,
  limits: Partial<QueueLimits> = {},
  timeout = 500,
): BatchingExporter {
  const memory = Buffer.alloc(1000)
  const steps = function* (batch: readonly SpanRecord[]): Generator<void, OutgoingRequest, void> {
    yield* work(batch)
    const request = encode(backend.url, timeout)(batch)
    memory.set(request.body)
    return { ...request, body: memory.subarray(0, request.body.length) }
  }
  return new BatchingExporter(`test-${names++}`, wholeBatches(steps), { ...LIMITS, ...limits }, atExit)
}

/** With less time for a message than the first pause takes, nothing is tried again. */
export function exporterWith(limits: Partial<QueueLimits>, url = backend.url, timeout = 500): BatchingExporter {
  return new BatchingExporter(`test-${names++}`, wholeBatches(encode(url, timeout)), { ...LIMITS, ...limits }, atExit)
}

export function addAll(exporter: Exporter, from: number, to: number): void {
  for (let i = from; i < to; i++) exporter.add(span(`s${i}`))
}

/** What has been counted since the test began. */
export function counted(): Record<string, number> {
  const dropped = Object.entries(ledger.dropped).map(([reason, count]) => [
    reason,
    count - before.dropped[reason as keyof typeof ledger.dropped],
  ])
  const all = [['exported', ledger.exported - before.exported], ...dropped] as [string, number][]
  return Object.fromEntries(all.filter(([, count]) => count !== 0))
}

/** The lines that were said on stderr while `use` ran. */
export async function said(use: () => Promise<void>): Promise<string[]> {
  const fs = require('node:fs') as typeof import('node:fs')
  const written = mock.method(fs, 'writeSync', () => 0)
  try {
    await use()
    return written.mock.calls.map(({ arguments: [, text] }) => String(text))
  } finally {
    written.mock.restore()
  }
}

beforeEach(async () => {
  backend.batches.length = 0
  backend.status = 200
  backend.gate = Promise.resolve()
  before = snapshot()
  await backend.start()
})
afterEach(() => backend.stop())
