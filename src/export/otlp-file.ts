/**
 * OTLP JSON in a file: a line is an ExportTraceServiceRequest, as the OpenTelemetry Collector's file exporter writes them
 * and its receiver reads them. Jaeger's UI opens such files too.
 */
import type { Config } from '../config/variables.js'
import type { SpanRecord } from '../tracer/record.js'
import { AppendFile } from './append-file.js'
import type { Exporter } from './exporter.js'
import { FileExporter } from './file.js'
import { OtlpJson } from './otlp-json.js'
import { resourceOf } from './resource.js'
import type { Steps } from './steps.js'

const LINE_END = Buffer.from('\n')

export function otlpFileExporter(config: Config, version: string): Exporter {
  const json = new OtlpJson(resourceOf(config, version), version)
  const file = new AppendFile(config.file, { maxSize: config.fileMaxSize, keep: config.fileKeep })
  const encode = function* (batch: readonly SpanRecord[]): Steps<Uint8Array> {
    return Buffer.concat([yield* json.encode(batch), LINE_END])
  }
  return new FileExporter('otlp_file', file, encode, config)
}
