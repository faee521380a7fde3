/**
 * Zipkin's spans as JSON, version 2 (openzipkin/zipkin-api, zipkin2-api.yaml).
 */
import type { Kind, Log, Value } from '../../model/trace.js'
import { spanIdOf, traceIdOf, type Intake } from './intake.js'
import { listOf, numberOf, objectOf, textOf, type Loose } from './json.js'
import type { KeptProcess } from '../store/kept.js'
import { sharedId } from '../store/parents.js'

const KINDS: Readonly<Record<string, Kind>> = {
  SERVER: 'server',
  CLIENT: 'client',
  PRODUCER: 'producer',
  CONSUMER: 'consumer',
}

/** Puts a list of spans into `intake`. */
export function readZipkin(spans: unknown, intake: Intake): void {
  for (const span of listOf(spans)) readSpan(span, intake)
}

function readSpan(span: Loose, intake: Intake): void {
  const tags = tagsIn(span, intake)
  const error = objectOf(span['tags'])['error']
  const failed = error !== undefined && error !== 'false'
  const own = spanIdOf(span['id'])
  const isShared = span['shared'] === true && own !== undefined
  const logs = listOf(span['annotations']).map((annotation) => logOf(annotation, intake))
  const component = objectOf(span['tags'])['component'] ?? objectOf(span['tags'])['otel.library.name']
  intake.add({
    traceId: traceIdOf(span['traceId']),
    id: isShared ? sharedId(own) : own,
    parentId: isShared ? own : spanIdOf(span['parentId']),
    name: intake.text(textOf(span['name'])),
    kind: KINDS[textOf(span['kind'])] ?? 'internal',
    process: processOf(objectOf(span['localEndpoint']), intake),
    start: numberOf(span['timestamp']) / 1000,
    duration: numberOf(span['duration']) / 1000,
    failed,
    error: failed && error !== 'true' && error !== '' ? intake.text(textOf(error)) : undefined,
    scope: component === undefined ? undefined : intake.text(textOf(component)),
    tags,
    ...(logs.length > 0 && { logs }),
  })
}

function tagsIn(span: Loose, intake: Intake): Value[] {
  const tags: Value[] = []
  for (const [key, value] of Object.entries(objectOf(span['tags']))) tags.push(intake.text(key), intake.value(value))
  const { serviceName, ipv4, ipv6, port } = objectOf(span['remoteEndpoint'])
  const peer = { 'peer.service': serviceName, 'peer.ipv4': ipv4, 'peer.ipv6': ipv6, 'peer.port': port }
  for (const [key, value] of Object.entries(peer)) {
    if (value !== undefined && !tags.includes(key)) tags.push(key, intake.value(value))
  }
  return tags
}

function processOf({ serviceName, ipv4, ipv6, port }: Loose, intake: Intake): KeptProcess {
  const tags: Value[] = []
  const address = textOf(ipv4) || textOf(ipv6)
  if (address !== '') tags.push('ip', address)
  if (port !== undefined) tags.push('port', numberOf(port))
  return intake.process(textOf(serviceName), tags)
}

function logOf({ timestamp, value }: Loose, intake: Intake): Log {
  return { time: numberOf(timestamp) / 1000, name: intake.text(textOf(value)), tags: {} }
}
