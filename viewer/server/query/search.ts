/**
 * The list of traces, filtered.
 */
import type { TraceList, TraceQuery } from '../../model/api.js'
import { textOf } from '../../model/text.js'
import type { Value } from '../../model/trace.js'
import { tagOf, type KeptSpan } from '../store/kept.js'
import type { Store } from '../store/store.js'
import type { KeptTrace } from '../store/trace.js'

const LIMIT = 200
const MOST = 10_000

type Test = (trace: KeptTrace) => boolean

export function search(store: Store, query: TraceQuery): TraceList {
  const tests = testsOf(query)
  const matching = store.newest().filter((trace) => tests.every((test) => test(trace)))
  const after = query.before === undefined ? 0 : matching.findIndex(({ id }) => id === query.before) + 1
  const limit = Math.min(query.limit ?? LIMIT, MOST)
  return { traces: matching.slice(after, after + limit).map(({ summary }) => summary), total: matching.length }
}

/** The cheap ones first. */
function testsOf(query: TraceQuery): Test[] {
  const { service, operation, status, minDuration, maxDuration, from, to, text, tag = [] } = query
  const tests: Test[] = []
  if (from !== undefined) tests.push(({ summary }) => summary.start >= from)
  if (to !== undefined) tests.push(({ summary }) => summary.start <= to)
  if (minDuration !== undefined) tests.push(({ summary }) => summary.duration >= minDuration)
  if (maxDuration !== undefined) tests.push(({ summary }) => summary.duration <= maxDuration)
  if (status !== undefined) tests.push(({ summary }) => summary.errors > 0 === (status === 'error'))
  if (service !== undefined) tests.push(({ summary }) => summary.services.some(({ name }) => name === service))
  if (operation !== undefined) tests.push((trace) => trace.spans.some((span) => isOf(span, service, operation)))
  for (const one of tag) tests.push(tagTest(one))
  if (text !== undefined && text !== '') tests.push(textTest(text))
  return tests
}

function isOf({ name, process }: KeptSpan, service: string | undefined, operation: string): boolean {
  return name === operation && (service === undefined || process.service === service)
}

/** `key=value` or `key`, of a span or of its process. */
function tagTest(tag: string): Test {
  const equals = tag.indexOf('=')
  const key = equals === -1 ? tag : tag.slice(0, equals)
  const wanted = equals === -1 ? undefined : tag.slice(equals + 1)
  const fits = (value: Value | undefined): boolean =>
    value !== undefined && (wanted === undefined || textOf(value) === wanted)
  return ({ spans }) => spans.some(({ tags, process }) => fits(tagOf(tags, key)) || fits(process.tags[key]))
}

/** Most texts come again and again: each is looked at once. */
const MOST_REMEMBERED = 100_000

function textTest(text: string): Test {
  const wanted = new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), 'i')
  const known = new Map<string, boolean>()
  const has = (value: Value | undefined): boolean => {
    if (value === undefined) return false
    const text = textOf(value)
    let answer = known.get(text)
    if (answer !== undefined) return answer
    answer = wanted.test(text)
    if (known.size < MOST_REMEMBERED && text.length < 200) known.set(text, answer)
    return answer
  }
  const inSpan = ({ name, error, tags, logs, process, id }: KeptSpan): boolean =>
    has(name) ||
    has(error) ||
    has(process.service) ||
    has(id) ||
    tags.some((value) => has(value)) ||
    logs.some(({ name, tags }) => has(name) || Object.values(tags).some(has))
  return (trace) => has(trace.id) || trace.spans.some(inSpan)
}
