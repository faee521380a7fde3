/**
 * The thread that delivers a dying process's last spans. See at-exit.ts.
 */
import { workerData } from 'node:worker_threads'
import type { ExitWork } from './at-exit.js'
import type { Send } from './batching.js'
import { setProxies } from '../http/proxy.js'
import { post } from './transport.js'

const { mail, state, reasons, proxies } = workerData as ExitWork
let open = mail.length

function over(list: number, why = ''): void {
  const size = reasons.length / mail.length
  // One byte stays zero.
  new TextEncoder().encodeInto(why, reasons.subarray(list * size, (list + 1) * size - 1))
  if (--open > 0) return
  Atomics.store(state, 0, 1)
  Atomics.notify(state, 0)
}

function deliver(list: number, index: number): void {
  const request = mail[list]?.[index]
  if (request === undefined) {
    over(list)
    return
  }
  const send = request.datagrams === undefined ? postOnce : datagram().postDatagrams
  send(request, (outcome) => {
    if (outcome.kind !== 'accepted') {
      over(list, outcome.why)
      return
    }
    Atomics.add(state, 2 + 2 * list, outcome.rejected ?? 0)
    Atomics.add(state, 1 + 2 * list, 1)
    deliver(list, index + 1)
  })
}

/** There is no time to try again. */
const postOnce: Send = (request, onDone) => post(request, onDone, 1)

function datagram(): typeof import('./datagram.js') {
  return require('./datagram.js') as typeof import('./datagram.js')
}

// The sockets keep nobody alive; this thread waits for them all the same.
setInterval(() => undefined, 1000)
setProxies(proxies)
mail.forEach((_, list) => deliver(list, 0))
