/**
 * Jaeger's JSON, as its UI saves traces and its query API answers: `{ "data": [{ "traceID", "spans", "processes" }] }`.
 */
import { textOf as asText } from '../../model/text.js'
import type { Kind, Link, Log, Value } from '../../model/trace.js'
import { tagOf, tagsOf, type FlatTags, type KeptProcess } from '../store/kept.js'
import { errorIn, spanIdOf, traceIdOf, type Intake } from './intake.js'
import { listOf, numberOf, objectOf, textOf, type Loose } from './json.js'
import { KINDS } from './otlp.js'

/** Puts the spans of all traces of a file into `intake`. */
export function readJaeger(file: unknown, intake: Intake): void {
  for (const { spans, processes } of listOf(objectOf(file)['data'])) {
    const known = new Map(
      Object.entries(objectOf(processes)).map(([id, process]) => [id, processOf(objectOf(process), intake)]),
    )
    for (const span of listOf(spans)) {
      const process = known.get(textOf(span['processID'])) ?? processOf(objectOf(span['process']), intake)
      readSpan(span, process, intake)
    }
  }
}

function readSpan(span: Loose, process: KeptProcess, intake: Intake): void {
  const traceId = traceIdOf(span['traceID'])
  const tags = tagsIn(span['tags'], intake)
  const warnings = Array.isArray(span['warnings']) ? span['warnings'].map(String) : []
  if (warnings.length > 0) tags.push('warnings', intake.value(warnings))
  const logs = listOf(span['logs']).map((log) => logOf(log, intake))
  const error = tagOf(tags, 'error')
  const failed = error === true || error === 'true' || tagOf(tags, 'otel.status_code') === 'ERROR'
  const { parentId, links } = referencesOf(span, traceId)
  intake.add({
    traceId,
    id: spanIdOf(span['spanID']),
    parentId,
    name: intake.text(textOf(span['operationName'])),
    kind: kindIn(tags),
    process,
    start: numberOf(span['startTime']) / 1000,
    duration: numberOf(span['duration']) / 1000,
    failed,
    error: failed ? messageOf(tags, logs) : undefined,
    scope: textOf(tagOf(tags, 'otel.scope.name') ?? tagOf(tags, 'component')) || undefined,
    tags,
    ...(logs.length > 0 && { logs }),
    ...(links.length > 0 && { links }),
  })
}

function messageOf(tags: FlatTags, logs: readonly Log[]): string | undefined {
  return textOf(tagOf(tags, 'otel.status_description')) || errorIn(tags, logs)
}

function kindIn(tags: FlatTags): Kind {
  const kind = tagOf(tags, 'span.kind')
  return KINDS.find((known) => known === kind) ?? 'internal'
}

/** The first that makes it a child within its trace is the parent. */
function referencesOf(span: Loose, traceId: string | undefined): { parentId: string | undefined; links: Link[] } {
  const links: Link[] = []
  let parentId = spanIdOf(span['parentSpanID'])
  for (const { refType, traceID, spanID } of listOf(span['references'])) {
    const [trace, id] = [traceIdOf(traceID), spanIdOf(spanID)]
    if (trace === undefined || id === undefined) continue
    if (parentId === undefined && trace === traceId && refType === 'CHILD_OF') parentId = id
    else if (id !== parentId)
      links.push({ traceId: trace, spanId: id, tags: { 'opentracing.ref_type': typeOf(refType) } })
  }
  // With no other parent, what it follows from is the next best.
  const follows = parentId === undefined ? links.findIndex((link) => link.traceId === traceId) : -1
  if (follows !== -1) parentId = links.splice(follows, 1)[0]?.spanId
  return { parentId, links }
}

function typeOf(refType: unknown): string {
  return textOf(refType).toLowerCase()
}

function processOf({ serviceName, tags }: Loose, intake: Intake): KeptProcess {
  return intake.process(textOf(serviceName), tagsIn(tags, intake))
}

function logOf({ timestamp, fields }: Loose, intake: Intake): Log {
  const tags = tagsIn(fields, intake)
  const name = tagOf(tags, 'event') ?? tagOf(tags, 'message') ?? 'log'
  return { time: numberOf(timestamp) / 1000, name: intake.text(asText(name)), tags: tagsOf(tags) }
}

function tagsIn(list: unknown, intake: Intake): Value[] {
  const tags: Value[] = []
  for (const { key, type, value } of listOf(list)) {
    tags.push(
      intake.text(textOf(key)),
      type === 'bool' && typeof value === 'string' ? value === 'true' : intake.value(value),
    )
  }
  return tags
}
