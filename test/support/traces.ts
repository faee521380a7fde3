/**
 * Traces as the viewer knows them, written down as the trees that they are.
 */
import type { Log, Process, Span, Tags, Trace } from '../../viewer/model/trace.js'

export interface Sketch {
  readonly name: string
  /** Its parent's unless given. */
  readonly service?: string
  /** Milliseconds after the trace's begin, by its service's clock. */
  readonly at: number
  readonly took: number
  readonly kind?: Span['kind']
  readonly error?: string
  readonly tags?: Tags
  readonly logs?: readonly Log[]
  readonly scope?: string
  /** Given where the parent is to be another than the span above. */
  readonly parentId?: string
  readonly children?: readonly Sketch[]
}

/** Epoch ms of 0. */
export const BEGIN = 1_700_000_000_000
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'

/** Ids are `0000000000000001` and so on, depth first. */
export function traceOf(...roots: readonly Sketch[]): Trace {
  return traceOn({}, ...roots)
}

/** As {@link traceOf}, with services that run on certain hosts; each other one has its own. */
export function traceOn(hosts: Readonly<Record<string, string>>, ...roots: readonly Sketch[]): Trace {
  const spans: Span[] = []
  const processes: Process[] = []
  const processOf = (service: string): number => {
    const known = processes.findIndex((process) => process.service === service)
    return known < 0
      ? processes.push({
          service,
          instance: `${service}-1`,
          tags: { 'host.name': hosts[service] ?? `${service}.local` },
        }) - 1
      : known
  }
  const add = (sketch: Sketch, parentId: string | undefined, above: string): void => {
    const { name, service = above, at, took, kind = 'internal', error, tags = {}, logs = [], scope } = sketch
    const id = (spans.length + 1).toString(16).padStart(16, '0')
    spans.push({
      id,
      parentId: sketch.parentId ?? parentId,
      name,
      kind,
      process: processOf(service),
      start: BEGIN + at,
      duration: took,
      failed: error !== undefined,
      error,
      scope,
      tags,
      logs,
      links: [],
    })
    for (const child of sketch.children ?? []) add(child, id, service)
  }
  for (const root of roots) add(root, undefined, 'shop')
  return { id: TRACE_ID, processes, spans: spans.sort((a, b) => a.start - b.start), droppedSpans: 0 }
}
