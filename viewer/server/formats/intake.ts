/**
 * Where decoders put what they read: the part of making spans that all formats have in common.
 */
import { textOf } from '../../model/text.js'
import type { Link, Log, Value } from '../../model/trace.js'
import {
  NO_LINKS,
  NO_LOGS,
  tagOf,
  tagsOf,
  type Arrival,
  type Arrivals,
  type FlatTags,
  type KeptProcess,
  type KeptSpan,
} from '../store/kept.js'
import { Strings } from '../store/strings.js'

/** What a span takes beside texts and tags, in bytes: its object, its numbers, the list of its tags. */
const SPAN_SIZE = 260
const SLOT_SIZE = 8
const LOG_SIZE = 120
/** Deeper ones are not shown. */
const DEEPEST = 16
/** Processes that are remembered, lest each request make its own anew. */
const MOST_PROCESSES = 2000
const LONGEST_KEY = 16_384

/** A span as a format tells it. */
export interface Told extends Omit<KeptSpan, 'id' | 'logs' | 'links' | 'size'> {
  readonly traceId: string | undefined
  readonly id: string | undefined
  readonly logs?: readonly Log[] | undefined
  readonly links?: readonly Link[] | undefined
}

export class Intake {
  private readonly strings = new Strings()
  private readonly processes = new Map<string, KeptProcess>()
  private spans: Arrival[] = []
  private refused = 0

  /** Text that is likely to come again. */
  text(text: string): string {
    return this.strings.keep(text)
  }

  /**
   * A tag's value out of JSON.
   *
   * @param depth how deep in another value it stands
   */
  value(value: unknown, depth = 0): Value {
    if (typeof value === 'string') return this.strings.keep(value)
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
    if (typeof value === 'boolean') return value
    if (typeof value !== 'object' || value === null) return null
    if (depth >= DEEPEST) return '…'
    this.strings.size += LOG_SIZE
    if (Array.isArray(value)) return value.map((one) => this.value(one, depth + 1))
    const flat = Object.entries(value).flatMap(([key, one]) => [this.text(key), this.value(one, depth + 1)])
    return tagsOf(flat)
  }

  /** The process of these tags; one that is known already, if there is one. */
  process(service: string, tags: FlatTags, instance = instanceOf(tags)): KeptProcess {
    const key = JSON.stringify([service, instance, tags])
    const known = this.processes.get(key)
    if (known !== undefined) return known
    const made = { key, service: service === '' ? 'unknown' : service, instance, tags: tagsOf(tags) }
    this.strings.size += key.length
    if (this.processes.size >= MOST_PROCESSES) this.processes.clear()
    if (key.length < LONGEST_KEY) this.processes.set(key, made)
    return made
  }

  /** Takes a span. One without usable ids is refused and counted. */
  add({ traceId, id, parentId, ...told }: Told): void {
    if (traceId === undefined || id === undefined) return this.refuse()
    const { strings } = this
    const { logs = NO_LOGS, links = NO_LINKS, tags } = told
    const start = Number.isFinite(told.start) ? told.start : 0
    const duration = told.duration >= 0 && Number.isFinite(told.duration) ? told.duration : 0
    strings.size += SPAN_SIZE + 2 * id.length + tags.length * SLOT_SIZE + (logs.length + links.length) * LOG_SIZE
    const size = strings.size
    strings.size = 0
    const { name, kind, process, failed, error, scope } = told
    // Lists that have grown hold room for more; a copy does not.
    const exact = tags.slice()
    const span = {
      id,
      parentId,
      name,
      kind,
      process,
      start,
      duration,
      failed,
      error,
      scope,
      tags: exact,
      logs,
      links,
      size,
    }
    this.spans.push({ traceId, span })
  }

  refuse(): void {
    this.refused++
  }

  /** What has been added since the last call. */
  take(): Arrivals {
    const { spans, refused } = this
    this.spans = []
    this.refused = 0
    return { spans, refused }
  }
}

function instanceOf(tags: FlatTags): string {
  for (const key of ['service.instance.id', 'client-uuid']) {
    const value = tagOf(tags, key)
    if (value !== undefined) return textOf(value)
  }
  const parts = [tagOf(tags, 'host.name') ?? tagOf(tags, 'hostname') ?? tagOf(tags, 'ip'), tagOf(tags, 'process.pid')]
  return parts.flatMap((part) => (part === undefined ? [] : textOf(part))).join(':')
}

/** Why a span failed, where its tags say so. */
export function errorIn(tags: FlatTags, logs: readonly Log[] = NO_LOGS): string | undefined {
  const said = tagOf(tags, 'error.message') ?? messageIn(logs) ?? tagOf(tags, 'error.type')
  return said === undefined ? undefined : textOf(said)
}

function messageIn(logs: readonly Log[]): Value | undefined {
  for (const { tags } of logs) {
    const message = tags['exception.message'] ?? (tags['event'] === 'error' ? tags['message'] : undefined)
    if (message !== undefined) return message
  }
  return undefined
}

const HEX = /^[0-9a-f]+$/

/** A trace id as 16 or 32 digits in lower case, or undefined if it is none. Zipkin writes 64 bits with zeros before them. */
export function traceIdOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length === 0 || text.length > 32) return undefined
  const id = text.toLowerCase()
  if (!HEX.test(id)) return undefined
  const wide = id.padStart(32, '0')
  if (!wide.startsWith(ZEROS)) return wide
  return wide.endsWith(ZEROS) ? undefined : wide.slice(16)
}

const ZEROS = '0'.repeat(16)

/** A span's id as 16 digits in lower case, or undefined if it is none. */
export function spanIdOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length === 0 || text.length > 16) return undefined
  const id = text.toLowerCase().padStart(16, '0')
  return HEX.test(id) && id !== ZEROS ? id : undefined
}
