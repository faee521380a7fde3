/**
 * Several exporters at once.
 */
import type { SpanRecord } from '../tracer/record.js'
import type { SpanSink } from '../tracer/tracer.js'
import type { Exporter } from './exporter.js'

export class FanOut implements SpanSink {
  private readonly exporters: readonly Exporter[]

  constructor(exporters: readonly Exporter[]) {
    this.exporters = exporters
  }

  add(record: SpanRecord): void {
    for (let i = 0; i < this.exporters.length; i++) (this.exporters[i] as Exporter).add(record)
  }

  /** Resolves when every exporter has sent, or given up, what was waiting. */
  async flush(): Promise<void> {
    await Promise.all(this.exporters.map((exporter) => exporter.flush()))
  }
}
