/**
 * OTLP JSON in a file: a line is an ExportTraceServiceRequest, as the OpenTelemetry Collector's file exporter writes them
 * and its receiver reads them. Jaeger's UI opens such files too.
 */
import type { Config } from '../config/variables.js'
import { AppendFile } from './append-file.js'
import type { Exporter } from './exporter.js'
import { FileExporter } from './file.js'
import { encodeOtlpJson } from './otlp-json.js'
import { resourceOf } from './resource.js'

export function otlpFileExporter(config: Config, version: string): Exporter {
  const resource = resourceOf(config, version)
  const file = new AppendFile(config.file, { maxSize: config.fileMaxSize, keep: config.fileKeep })
  return new FileExporter('otlp_file', file, (batch) => `${encodeOtlpJson(batch, resource, version)}\n`, config)
}
