/**
 * Host names, looked up one at a time. A lookup is a thread of the few that Node has for files, names and compression,
 * and nobody can call it back. With a resolver that hangs, one for every message would soon leave the application none.
 */
import type { LookupAddress, LookupOptions } from 'node:dns'

type Callback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

const asking = new Map<string, Callback[]>()

/** As Node's own `lookup`; whoever asks the same meanwhile gets the same answer. */
export function lookupTogether(hostname: string, options: LookupOptions, callback: Callback): void {
  const { family = 0, all = false, hints = 0 } = options
  const key = `${hostname} ${family} ${all} ${hints}`
  const others = asking.get(key)
  if (others !== undefined) {
    others.push(callback)
    return
  }
  const callbacks = [callback]
  asking.set(key, callbacks)
  const { lookup } = require('node:dns') as typeof import('node:dns')
  lookup(hostname, options, (...answer) => {
    asking.delete(key)
    for (const callback of callbacks) callback(...answer)
  })
}
