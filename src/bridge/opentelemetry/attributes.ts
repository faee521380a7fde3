/**
 * OpenTelemetry's attributes as tags may have them.
 */
import { asText, putTag, tagValue, truncate, type SpanLimits } from '../../tracer/limits.js'
import type { SpanRecord, TagArray, TagValue } from '../../tracer/record.js'

/** Sets what is an attribute: a key that is text, a value that is something. */
export function setAttribute(record: SpanRecord, limits: SpanLimits, key: unknown, value: unknown): void {
  if (isKey(key) && value != null) putTag(record, limits, key, attributeValue(value, limits.valueLength))
}

export function setAttributes(record: SpanRecord, limits: SpanLimits, attributes: unknown): void {
  if (!isObject(attributes)) return
  for (const key of Object.keys(attributes)) setAttribute(record, limits, key, attributes[key])
}

/** The attributes of an event or a link, fixed here and now. */
export function fixedAttributes(attributes: unknown, limits: SpanLimits): Record<string, TagValue> {
  const fixed: Record<string, TagValue> = {}
  if (!isObject(attributes)) return fixed
  let room = limits.tags
  for (const key of Object.keys(attributes)) {
    const value = attributes[key]
    if (!isKey(key) || value == null) continue
    if (room-- === 0) break
    fixed[key] = attributeValue(value, limits.valueLength)
  }
  return fixed
}

/** Lists of simple values stay lists, bytes become base64, and what else is no simple value JSON text. */
function attributeValue(value: unknown, longest: number): TagValue {
  if (Array.isArray(value) && value.every(isSimple)) return value.map((one) => cut(one, longest))
  if (value instanceof Uint8Array) return truncate(Buffer.from(value).toString('base64'), longest)
  return tagValue(value, longest)
}

function cut(value: TagArray[number] | undefined, longest: number): TagArray[number] {
  return typeof value === 'string' ? truncate(value, longest) : (value ?? null)
}

function isSimple(value: unknown): value is TagArray[number] | undefined {
  return value == null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key !== ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** What OpenTelemetry calls an exception, as the fields of an error's log; undefined if it tells nothing. */
export function exceptionFields(exception: unknown, { valueLength }: SpanLimits): Record<string, TagValue> | undefined {
  const told = typeof exception === 'string' ? { message: exception } : exception
  if (!isObject(told)) return undefined
  const fields: Record<string, TagValue> = { event: 'error' }
  const kind = told['code'] || told['name']
  if (kind) fields['error.kind'] = truncate(asText(kind), valueLength)
  if (told['message']) fields['message'] = truncate(asText(told['message']), valueLength)
  if (fields['error.kind'] === undefined && fields['message'] === undefined) return undefined
  if (told['stack']) fields['stack'] = truncate(asText(told['stack']), valueLength)
  return fields
}
