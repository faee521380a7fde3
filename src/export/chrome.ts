/**
 * A file of Chrome trace events: an array whose closing bracket may be missing, so that it is whole at any time. Several
 * processes may write to one file; each is a lane.
 */
import { threadId } from 'node:worker_threads'
import type { Config } from '../config/variables.js'
import { withoutTracing } from '../scope/scope.js'
import type { SpanRecord } from '../tracer/record.js'
import { AppendFile } from './append-file.js'
import { eventsOf, lanesOf, namesOf } from './chrome-events.js'
import { RuntimeTrack } from './chrome-runtime.js'
import type { Exporter } from './exporter.js'
import { FileExporter } from './file.js'
import { serviceNameOf } from './resource.js'
import { SPANS_A_STEP, type Steps } from './steps.js'

const OPENING = '[\n'

export function chromeExporter(config: Config): Exporter {
  const lanes = lanesOf(process.pid, threadId)
  const names = namesOf(serviceNameOf(config), lanes)
  const runtime = new RuntimeTrack(lanes)
  withoutTracing(() => runtime.start())
  const file = new AppendFile(config.chromeFile, { maxSize: config.fileMaxSize, opening: OPENING })
  const encode = function* (batch: readonly SpanRecord[]): Steps<Uint8Array> {
    // The names come again with every batch: the file may be a new one.
    const events = [...names, ...eventsOf(batch, lanes), ...runtime.take()]
    let text = ''
    for (const [index, event] of events.entries()) {
      if (index % SPANS_A_STEP === 0) yield
      text += line(event)
    }
    return Buffer.from(text)
  }
  return new FileExporter('chrome', file, encode, config)
}

function line(event: unknown): string {
  return `${JSON.stringify(event)},\n`
}
