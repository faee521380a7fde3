/**
 * OTLP's ExportTraceServiceRequest as JSON (OTLP 1.9, "JSON Protobuf Encoding").
 */
import type { Kind, Log, Value } from '../../model/trace.js'
import { tagsOf, type KeptProcess } from '../store/kept.js'
import { errorIn, spanIdOf, traceIdOf, type Intake } from './intake.js'
import { listOf, numberOf, objectOf, textOf, type Loose } from './json.js'
import { ERROR, KINDS, kindOf, serviceOf } from './otlp.js'

const DEEPEST = 16

/** Puts a request's spans into `intake`. */
export function readOtlpJson(request: unknown, intake: Intake): void {
  for (const { resource, scopeSpans } of listOf(objectOf(request)['resourceSpans'])) {
    const tags = attributesOf(objectOf(resource)['attributes'], intake)
    const process = intake.process(serviceOf(tags), tags)
    for (const { scope, spans } of listOf(scopeSpans)) {
      const name = intake.text(textOf(objectOf(scope)['name']))
      for (const span of listOf(spans)) readSpan(span, process, name === '' ? undefined : name, intake)
    }
  }
}

function readSpan(span: Loose, process: KeptProcess, scope: string | undefined, intake: Intake): void {
  const { code, message } = objectOf(span['status'])
  const failed = code === ERROR || code === 'STATUS_CODE_ERROR'
  const tags = attributesOf(span['attributes'], intake)
  const logs = listOf(span['events']).map((event) => logOf(event, intake))
  const links = listOf(span['links']).map(({ traceId, spanId, attributes }) => ({
    traceId: traceIdOf(traceId) ?? '',
    spanId: spanIdOf(spanId) ?? '',
    tags: tagsOf(attributesOf(attributes, intake)),
  }))
  const said = textOf(message)
  intake.add({
    traceId: traceIdOf(span['traceId']),
    id: spanIdOf(span['spanId']),
    parentId: spanIdOf(span['parentSpanId']),
    name: intake.text(textOf(span['name'])),
    kind: kindIn(span['kind']),
    process,
    start: numberOf(span['startTimeUnixNano']) / 1e6,
    duration: distance(span['startTimeUnixNano'], span['endTimeUnixNano']),
    failed,
    error: failed ? (said === '' ? errorIn(tags, logs) : intake.text(said)) : undefined,
    scope,
    tags,
    ...(logs.length > 0 && { logs }),
    ...(links.length > 0 && { links }),
  })
}

/** Numbers, as the specification has it, or the names that some write. */
function kindIn(kind: unknown): Kind {
  if (typeof kind !== 'string') return kindOf(numberOf(kind))
  return KINDS.find((known) => kind === `SPAN_KIND_${known.toUpperCase()}`) ?? 'internal'
}

const DIGITS = /^\d{1,20}$/

/** Milliseconds between two times in nanoseconds, which are more than a number can tell exactly. */
function distance(start: unknown, end: unknown): number {
  const [from, to] = [String(start), String(end)]
  if (!DIGITS.test(from) || !DIGITS.test(to)) return (numberOf(end) - numberOf(start)) / 1e6
  return Number(BigInt(to) - BigInt(from)) / 1e6
}

function logOf({ timeUnixNano, name, attributes }: Loose, intake: Intake): Log {
  return {
    time: numberOf(timeUnixNano) / 1e6,
    name: intake.text(textOf(name)),
    tags: tagsOf(attributesOf(attributes, intake)),
  }
}

function attributesOf(attributes: unknown, intake: Intake, depth = 0): Value[] {
  const tags: Value[] = []
  for (const { key, value } of listOf(attributes)) {
    tags.push(intake.text(textOf(key)), valueOf(objectOf(value), intake, depth))
  }
  return tags
}

/** An AnyValue. */
function valueOf(value: Loose, intake: Intake, depth: number): Value {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value
  if (stringValue !== undefined) return intake.value(stringValue)
  if (boolValue !== undefined) return boolValue === true
  if (intValue !== undefined) return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : intake.value(intValue)
  if (doubleValue !== undefined) return doubleOf(doubleValue, intake)
  if (bytesValue !== undefined) return intake.value(bytesValue)
  if (depth >= DEEPEST) return null
  if (arrayValue !== undefined) {
    return listOf(objectOf(arrayValue)['values']).map((one) => valueOf(one, intake, depth + 1))
  }
  if (kvlistValue === undefined) return null
  return tagsOf(attributesOf(objectOf(kvlistValue)['values'], intake, depth + 1))
}

/** `NaN` and the infinities are text in JSON. */
function doubleOf(value: unknown, intake: Intake): Value {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return intake.value(typeof number === 'number' && Number.isFinite(number) ? number : value)
}
