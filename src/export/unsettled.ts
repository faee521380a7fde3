/**
 * Messages that were with the operating system, their answers outstanding, when the process ended. They are on their way
 * and not sent again; but whether they arrive is waited for, as long as an exit may take.
 */
import { ledger } from '../ledger.js'
import type { Unsettled } from './exporter.js'
import { lose, settle, tooLate } from './health.js'

/** How often it is looked for answers, ms. */
const POLL = 2

/** A message of the exporter of that name. */
export interface UnderWay {
  readonly name: string
  readonly message: Unsettled
}

/**
 * Enters into the ledger what has become of messages.
 *
 * @param patience how long they are waited for, in ms
 */
export function settleAll(underWay: readonly UnderWay[], patience: number): void {
  const deadline = performance.now() + patience
  const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let open = underWay.filter((one) => !isSettled(one))
  while (open.length > 0 && performance.now() < deadline) {
    Atomics.wait(never, 0, 0, POLL)
    open = open.filter((one) => !isSettled(one))
  }
  for (const { name, message } of open) {
    if (patience === 0) ledger.drop(name, 'exit', message.request.spans)
    else lose(name, message.request, 'exit', tooLate(patience))
  }
}

function isSettled({ name, message }: UnderWay): boolean {
  const outcome = message.outcomeNow()
  if (outcome === 'pending') return false
  if (outcome === 'unseen') ledger.leave(name, message.request.spans)
  else settle(name, message.request, outcome)
  return true
}
