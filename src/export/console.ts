/**
 * Prints each finished local trace as a tree.
 *
 * A trace is finished when none of its spans is open any more. One whose entry point is over while others go on is
 * printed some seconds later, and says so; what finishes after that is printed as its continuation.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/variables.js'
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import { withoutTracing } from '../scope/scope.js'
import type { SpanContext } from '../tracer/context.js'
import type { LocalTrace } from '../tracer/local-trace.js'
import type { SpanRecord } from '../tracer/record.js'
import { deliverAtExit, type AtExit } from './at-exit.js'
import type { Exporter, OutgoingRequest } from './exporter.js'
import { serviceNameOf } from './resource.js'
import { Stdout, lookOfStdout, type TextOutput } from './stdout.js'
import { treeLines } from './tree.js'
import { treeSpanOf } from './tree-span.js'

/** Spans of one trace that are held; more would fill screens. */
const MOST_SPANS_OF_A_TRACE = 1000
/** Spans held in all. Beyond that the oldest trace is printed as far as it has come. */
const MOST_SPANS = 10_000
/** How long spans that go on are waited for after their entry point is over, in ms. */
const PATIENCE = 3000
/** How long a flush waits for a slow reader, in ms. */
const FLUSH_PATIENCE = 5000

type Key = LocalTrace | SpanContext

/** What is held of one trace. */
interface Held {
  readonly key: Key
  readonly records: SpanRecord[]
  dropped: number
  timer: NodeJS.Timeout | undefined
}

export function consoleExporter(config: Config): Exporter {
  return new ConsoleExporter(serviceNameOf(config), config.exitTimeout)
}

export class ConsoleExporter implements Exporter {
  readonly name = 'console'
  private readonly service: string
  private readonly exitTimeout: number
  private readonly output: TextOutput
  private readonly atExit: AtExit
  private readonly traces = new Map<Key, Held>()
  private readonly begun = new WeakSet<Key>()
  private readonly due = new Set<Held>()
  private count = 0

  constructor(service: string, exitTimeout: number, output: TextOutput = new Stdout(), atExit: AtExit = deliverAtExit) {
    this.service = service
    this.exitTimeout = exitTimeout
    this.output = output
    this.atExit = atExit
  }

  add(record: SpanRecord): void {
    const held = this.heldOf(record.context.local ?? record.context)
    this.hold(held, record)
    if (openIn(held) === 0) this.printSoon(held)
    else this.awaitStragglers(held)
  }

  async flush(): Promise<void> {
    this.printAll()
    const giveUp = performance.now() + FLUSH_PATIENCE
    while (!this.output.isEmpty && performance.now() < giveUp) await sleep(1)
  }

  drain(): OutgoingRequest[] {
    this.printAll()
    this.output.finish(this.exitTimeout)
    return []
  }

  private heldOf(key: Key): Held {
    const known = this.traces.get(key)
    if (known !== undefined) return known
    const held: Held = { key, records: [], dropped: 0, timer: undefined }
    if (this.traces.size === 0) this.atExit.add(this)
    this.traces.set(key, held)
    return held
  }

  private hold(held: Held, record: SpanRecord): void {
    if (held.records.length >= MOST_SPANS_OF_A_TRACE) {
      held.dropped++
      ledger.drop('console', 'queue-full', 1)
      return
    }
    held.records.push(record)
    if (++this.count <= MOST_SPANS) return
    for (const oldest of this.traces.values()) return this.print(oldest)
  }

  /** Not in the course of the request. An immediate would not do: unref'd, it waits for some other event. */
  private printSoon(held: Held): void {
    if (this.due.size === 0) setTimeout(() => this.printDue(), 0).unref()
    this.due.add(held)
  }

  private printDue(): void {
    for (const held of this.due) {
      if (openIn(held) === 0) this.print(held)
      else this.awaitStragglers(held)
    }
    this.due.clear()
  }

  private awaitStragglers(held: Held): void {
    if ('root' in held.key && held.key.root?.record !== undefined) return
    // The request is over: the timer must not hold on to what the application keeps for it.
    held.timer ??= withoutTracing(() => setTimeout(() => this.print(held), PATIENCE).unref())
  }

  private printAll(): void {
    for (const held of this.traces.values()) this.print(held)
  }

  private print(held: Held): void {
    clearTimeout(held.timer)
    this.due.delete(held)
    if (!this.traces.delete(held.key)) return
    this.count -= held.records.length
    const spans = held.records.length
    const text = this.textOf(held)
    if (text === undefined) ledger.drop('console', 'encoding', spans)
    else {
      this.output.write(text, (outcome) => {
        settle(outcome, spans)
        this.restIfIdle()
      })
    }
    this.restIfIdle()
  }

  private restIfIdle(): void {
    if (this.traces.size === 0 && this.output.isEmpty) this.atExit.remove(this)
  }

  private textOf(held: Held): string | undefined {
    const { key, records, dropped } = held
    try {
      const { traceId } = (records[0] as SpanRecord).context
      const notes = notesOf(this.begun.has(key), openIn(held), dropped)
      this.begun.add(key)
      const spans = records.map((record) => treeSpanOf(record, this.service))
      return `${treeLines(spans, { traceId, notes }, lookOfStdout(process.env)).join('\n')}\n\n`
    } catch (error) {
      warnOnce('encode:console', `${records.length} spans could not be printed: ${String(error)}`)
      return undefined
    }
  }
}

function openIn({ key }: Held): number {
  return 'open' in key ? key.open : 0
}

function notesOf(isContinued: boolean, open: number, dropped: number): string[] {
  return [
    ...(isContinued ? ['continued'] : []),
    ...(open > 0 ? [`${open} still open`] : []),
    ...(dropped > 0 ? [`${dropped} more not shown`] : []),
  ]
}

function settle(outcome: 'written' | 'refused', spans: number): void {
  if (outcome === 'written') {
    ledger.deliver('console', spans)
    return
  }
  ledger.drop('console', 'unreachable', spans)
  warnOnce('backend:console', 'standard output takes no more traces: its reader is gone, or too slow')
}
