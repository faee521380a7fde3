/**
 * The thread that delivers a dying process's last spans. See at-exit.ts.
 */
import { workerData } from 'node:worker_threads'
import type { ExitWork } from './at-exit.js'
import { post } from './transport.js'

const { requests, state, reason } = workerData as ExitWork

function over(why = ''): void {
  new TextEncoder().encodeInto(why, reason.subarray(0, reason.length - 1))
  Atomics.store(state, 0, 1)
  Atomics.notify(state, 0)
}

function deliver(index: number): void {
  const request = requests[index]
  if (request === undefined) {
    over()
    return
  }
  post(request, (outcome) => {
    if (outcome.kind !== 'accepted') {
      over(outcome.why)
      return
    }
    Atomics.add(state, 1, 1)
    deliver(index + 1)
  })
}

// The sockets keep nobody alive; this thread waits for them all the same.
setInterval(() => undefined, 1000)
deliver(0)
