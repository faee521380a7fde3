/**
 * Traces as a terminal shows them: the tree of the console exporter, or one line.
 */
import type { Span, Tags, Trace } from '../../viewer/model/trace.js'
import { detailsOf, type TagReader } from '../export/tree-span.js'
import { fit, padded, painted, plain, type Piece } from '../export/tree-style.js'
import { duration, escape } from '../export/tree-text.js'
import { treeLines, type TreeLook, type TreeSpan } from '../export/tree.js'

/** OpenTelemetry's names of the tags that a tree shows; backends have those. */
const OPEN_TELEMETRY: Readonly<Record<string, string>> = {
  'http.status_code': 'http.response.status_code',
  'db.type': 'db.system.name',
  'db.statement': 'db.query.text',
  'peer.hostname': 'server.address',
  'peer.port': 'server.port',
}

const NAME_COLUMNS = 48

/** Reads tags by OpenTracing's names, whichever of the two they have. */
export function tagsIn(tags: Tags): TagReader {
  const read = (key: string): string | number | boolean | undefined => {
    const value = tags[key]
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? undefined)
  }
  return (key) => read(key) ?? (key === 'http.url' ? urlFrom(read) : read(OPEN_TELEMETRY[key] ?? key))
}

function urlFrom(read: TagReader): string | undefined {
  const [full, path, query] = ['url.full', 'url.path', 'url.query'].map(read)
  const local = query === undefined ? path : `${path as string}?${query as string}`
  const url = full ?? local
  return url === undefined ? undefined : (url as string)
}

export function treeOf(trace: Trace, look: TreeLook): string[] {
  const notes = trace.droppedSpans > 0 ? [`${trace.droppedSpans} more not kept`] : []
  return treeLines(
    trace.spans.map((span) => treeSpan(span, trace)),
    { traceId: trace.id, notes },
    look,
  )
}

function treeSpan(span: Span, { processes }: Trace): TreeSpan {
  const { id, parentId, name, kind, scope, tags, failed, error, start } = span
  const maker = scope?.replace(/^pretrace\/?/, '')
  return {
    id,
    parentId,
    service: processes[span.process]?.service ?? '',
    name,
    details: detailsOf(name, kind === 'internal' ? undefined : kind, maker === '' ? undefined : maker, tagsIn(tags)),
    failed,
    error: reasonOf(span) ?? error,
    start,
    end: start + span.duration,
  }
}

/** The last exception, with its class. */
function reasonOf({ logs }: Span): string | undefined {
  const exception = logs.findLast(({ name }) => name === 'exception')?.tags
  const words = ['exception.type', 'exception.message'].map(tagsIn(exception ?? {}))
  const known = words.filter((word) => word !== undefined)
  return known.length === 0 ? undefined : known.join(': ')
}

/** What a line tells of a trace. */
export interface Headline {
  readonly id: string
  readonly service: string
  readonly name: string
  /** Epoch ms. */
  readonly start: number
  readonly duration: number
  readonly spans: number
  readonly errors: number
  readonly incomplete: boolean
}

/** `12:06:38.120   108 ms  frontend: GET /dispatch   43 spans  1 failed  394541dc…`. */
export function lineOf(trace: Headline, { width = Infinity, colour }: TreeLook): string {
  const names: Piece[] = [{ style: 'cyan', text: `${escape(trace.service)}: ` }, { text: escape(trace.name) }]
  const spans = trace.spans === 1 ? '1 span' : `${trace.spans} spans`
  const pieces: Piece[] = [
    { style: 'dim', text: `${timeOf(trace.start)}  ` },
    { style: trace.errors > 0 ? 'red' : 'green', text: duration(trace.duration).padStart(7) },
    { text: '  ' },
    ...padded(names, NAME_COLUMNS, width !== Infinity),
    { text: `  ${spans.padStart(9)}` },
    { style: 'red', text: trace.errors > 0 ? `  ✗ ${trace.errors} failed` : '' },
    { text: trace.incomplete ? '  not whole' : '' },
    { style: 'dim', text: `  ${trace.id}` },
  ]
  return fit(pieces, width, colour ? painted : plain)
}

function timeOf(time: number): string {
  const date = new Date(time)
  const two = (number: number): string => String(number).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
