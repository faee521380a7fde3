/**
 * The names of services behind hosts, where the configuration knows them: the tag `peer.service`.
 */
import type { SpanRecord } from '../tracer/record.js'
import type { SpanSink } from '../tracer/tracer.js'

/** @param services names by `host` or `host:port` */
export function namingPeers(sink: SpanSink, services: Readonly<Record<string, string>>): SpanSink {
  const names = new Map(Object.entries(services).map(([peer, name]) => [peer.toLowerCase(), name]))
  return {
    add(record) {
      const name = record.kind === 'server' || record.kind === 'consumer' ? undefined : nameOf(record, names)
      if (name !== undefined && record.tag('peer.service') === undefined) record.tags.push('peer.service', name)
      sink.add(record)
    },
  }
}

function nameOf(record: SpanRecord, names: ReadonlyMap<string, string>): string | undefined {
  const port = String(record.tag('peer.port'))
  for (const key of ['peer.hostname', 'peer.ipv4', 'peer.ipv6']) {
    const host = record.tag(key)
    if (host === undefined) continue
    const peer = String(host).toLowerCase()
    const name = names.get(`${peer}:${port}`) ?? names.get(`[${peer}]:${port}`) ?? names.get(peer)
    if (name !== undefined) return name
  }
  return undefined
}
