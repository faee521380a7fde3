/**
 * A file of Chrome trace events: an array whose closing bracket may be missing, so that it is whole at any time. Several
 * processes may write to one file; each is a lane.
 */
import { threadId } from 'node:worker_threads'
import type { Config } from '../config/variables.js'
import { withoutTracing } from '../scope/scope.js'
import { AppendFile } from './append-file.js'
import { eventsOf, lanesOf, namesOf } from './chrome-events.js'
import { RuntimeTrack } from './chrome-runtime.js'
import type { Exporter } from './exporter.js'
import { FileExporter } from './file.js'
import { serviceNameOf } from './resource.js'

const OPENING = '[\n'

export function chromeExporter(config: Config): Exporter {
  const lanes = lanesOf(process.pid, threadId)
  const names = namesOf(serviceNameOf(config), lanes)
  const runtime = new RuntimeTrack(lanes)
  withoutTracing(() => runtime.start())
  const file = new AppendFile(config.chromeFile, { maxSize: config.fileMaxSize, opening: OPENING })
  return new FileExporter(
    'chrome',
    file,
    // The names come again with every batch: the file may be a new one.
    (batch) => [...names, ...eventsOf(batch, lanes), ...runtime.take()].map(line).join(''),
    config,
  )
}

function line(event: unknown): string {
  return `${JSON.stringify(event)},\n`
}
