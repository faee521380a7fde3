/**
 * All that a viewer holds, and the ways into it.
 */
import type { Opened, Status, TraceAnswer } from '../model/api.js'
import { readDocument, readFile } from './formats/file.js'
import { Intake } from './formats/intake.js'
import { readOtlpJson } from './formats/otlp-json.js'
import { readOtlpProtobuf } from './formats/otlp-protobuf.js'
import { Malformed } from './formats/protobuf.js'
import { readZipkin } from './formats/zipkin.js'
import type { Journal } from './journal.js'
import type { Arrivals } from './store/kept.js'
import { RuntimeStore } from './store/runtime-store.js'
import { Store } from './store/store.js'

/** When spans of a file came: long ago, so nothing more of their traces is expected. */
const LONG_AGO = 0

export class Collection {
  readonly store: Store
  readonly runtime = new RuntimeStore()
  refusedRequests = 0
  private readonly intake = new Intake()
  private readonly version: string
  private readonly journal: Journal | undefined

  constructor(mostBytes: number, version: string, journal: Journal | undefined) {
    this.store = new Store(mostBytes)
    this.version = version
    this.journal = journal
  }

  /** @throws Malformed */
  takeOtlp(body: Buffer, isJson: boolean): Promise<Arrivals> {
    return this.take(() => {
      if (isJson) readOtlpJson(parsed(body), this.intake)
      else readOtlpProtobuf(body, this.intake)
    })
  }

  /** @throws Malformed */
  async takeZipkin(body: Buffer): Promise<Arrivals> {
    const spans = parsed(body)
    if (!Array.isArray(spans)) throw new Malformed('a list of spans is expected')
    return this.take(() => readZipkin(spans, this.intake))
  }

  /** @throws Malformed */
  takeRuntime(body: Buffer): void {
    this.runtime.add(parsed(body))
  }

  /** Spans of a file. They do not get into the file that is kept. @throws Malformed */
  open(text: string): Opened {
    let format: Opened['format'] = 'otlp'
    const arrivals = this.read(() => (format = readFile(text, this.intake)))
    this.store.add(arrivals, LONG_AGO)
    return {
      format,
      traceIds: [...new Set(arrivals.spans.map(({ traceId }) => traceId))],
      spans: arrivals.spans.length,
    }
  }

  /** A line of the file that was kept. */
  restore(line: string): void {
    try {
      this.store.add(
        this.read(() => readDocument(JSON.parse(line), this.intake)),
        LONG_AGO,
      )
    } catch {
      // The writing of the last line may have been cut off.
      this.store.droppedSpans++
    }
  }

  trace(id: string): TraceAnswer | undefined {
    this.store.settle()
    const trace = this.store.get(id)?.whole()
    return trace && { trace, runtime: this.runtime.during(trace) }
  }

  status(): Status {
    const { size, spans, bytes, mostBytes, evictedTraces, droppedSpans } = this.store
    const { version, refusedRequests, journal } = this
    const counts = {
      traces: size,
      spans,
      bytes: Math.round(bytes),
      mostBytes,
      evictedTraces,
      droppedSpans,
      refusedRequests,
    }
    return { version, ...counts, ...(journal !== undefined && { file: journal.path }) }
  }

  /** Whoever sent spans is told that they have arrived when they are as safe as they will be. */
  private async take(read: () => void): Promise<Arrivals> {
    const arrivals = this.read(read)
    this.store.add(arrivals)
    await this.journal?.write(arrivals)
    return arrivals
  }

  /** What was read before it turned out to be malformed counts for nothing. */
  private read(read: () => void): Arrivals {
    try {
      read()
      return this.intake.take()
    } catch (error) {
      this.intake.take()
      throw error
    }
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new Malformed('this is not JSON')
  }
}
