/**
 * An exporter whose backend is a file. The process's last spans are written before its end without further ado.
 */
import { pathToFileURL } from 'node:url'
import { messageOf } from '../log.js'
import type { SpanRecord } from '../tracer/record.js'
import type { AppendFile } from './append-file.js'
import { deliverAtExit, type AtExit } from './at-exit.js'
import { BatchingExporter, type QueueLimits } from './batching.js'
import { wholeBatches } from './draft.js'
import type { OutgoingRequest } from './exporter.js'
import { settle } from './health.js'
import type { Steps } from './steps.js'
import type { Outcome, Post } from './transport.js'

const ACCEPTED: Outcome = { kind: 'accepted' }

export class FileExporter extends BatchingExporter {
  private readonly file: AppendFile

  /** @param encode turns a batch into whole lines */
  constructor(
    name: string,
    file: AppendFile,
    encode: (batch: readonly SpanRecord[]) => Steps<Uint8Array>,
    limits: QueueLimits,
    atExit: AtExit = deliverAtExit,
  ) {
    const url = pathToFileURL(file.path).href
    super(
      name,
      wholeBatches(function* (batch) {
        return { url, headers: {}, body: yield* encode(batch), spans: batch.length, timeout: 0 }
      }),
      limits,
      atExit,
      (request, onDone) => append(file, request, onDone),
    )
    this.file = file
  }

  override drain(): [] {
    for (const request of super.drain())
      settle(
        this.name,
        request,
        attempt(() => this.file.appendSync(request.body)),
      )
    return []
  }
}

function append(file: AppendFile, request: OutgoingRequest, onDone: (outcome: Outcome) => void): Post {
  let isAbandoned = false
  const settle = (outcome: Outcome): void => {
    if (!isAbandoned) onDone(outcome)
  }
  const appending = file.append(request.body)
  void appending.done.then(
    () => settle(ACCEPTED),
    (error: unknown) => settle(refused(error)),
  )
  return {
    request,
    isWritten: () => appending.isHandedOver,
    outcomeNow() {
      const isThere = appending.isThere()
      if (isThere === undefined) return 'unseen'
      return isThere ? ACCEPTED : 'pending'
    },
    abandon() {
      isAbandoned = true
      appending.abandon()
    },
  }
}

function attempt(write: () => void): Outcome {
  try {
    write()
    return ACCEPTED
  } catch (error) {
    return refused(error)
  }
}

function refused(error: unknown): Outcome {
  return { kind: 'unreachable', why: messageOf(error) }
}
