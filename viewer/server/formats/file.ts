/**
 * Files of traces: finds out what they hold.
 */
import type { Opened } from '../../model/api.js'
import type { Intake } from './intake.js'
import { readJaeger } from './jaeger.js'
import { listOf, objectOf } from './json.js'
import { readOtlpJson } from './otlp-json.js'
import { Malformed } from './protobuf.js'
import { readZipkin } from './zipkin.js'

type Format = Opened['format']

const READERS: Readonly<Record<Format, (json: unknown, intake: Intake) => void>> = {
  otlp: readOtlpJson,
  jaeger: readJaeger,
  zipkin: readZipkinFile,
}

/**
 * Puts the spans of a file into `intake`: one JSON text, or a line each.
 *
 * @throws Malformed where it is neither, or of a format that is not known
 */
export function readFile(text: string, intake: Intake): Format {
  const json = parsed(text)
  if (json !== undefined) return readDocument(json, intake)
  let format: Format | undefined
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    // The last line of a file that is being written may not be whole.
    const json = parsed(line)
    if (json !== undefined) format = readDocument(json, intake)
    else if (format === undefined) break
    else intake.refuse()
  }
  if (format === undefined) throw new Malformed('this is neither JSON nor lines of JSON')
  return format
}

/** Puts the spans of a JSON document into `intake`. @throws Malformed where its format is not known */
export function readDocument(json: unknown, intake: Intake): Format {
  const format = formatOf(json)
  if (format === undefined) throw new Malformed('this is neither OTLP JSON, nor Jaeger’s, nor Zipkin’s')
  READERS[format](json, intake)
  return format
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch {
    return undefined
  }
}

function formatOf(json: unknown): Format | undefined {
  const { resourceSpans, data } = objectOf(json)
  if (Array.isArray(resourceSpans)) return 'otlp'
  if (Array.isArray(data)) return 'jaeger'
  if (!Array.isArray(json)) return undefined
  const [first] = json as unknown[]
  const sample = Array.isArray(first) ? first[0] : first
  return first === undefined || objectOf(sample)['traceId'] !== undefined ? 'zipkin' : undefined
}

/** A list of spans, or, as Zipkin's API answers, a list of traces. */
function readZipkinFile(json: unknown, intake: Intake): void {
  const isNested = Array.isArray((json as unknown[])[0])
  for (const spans of isNested ? listOf(json) : [json]) readZipkin(spans, intake)
}
