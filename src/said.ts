/**
 * What any thread of this process has said already: a worker need not say what its parent or its neighbour did.
 *
 * A table in shared memory, which workers get as environment data: nothing of theirs that the application goes through.
 */

const KEY = 'pretrace:said'
/** A power of two. A full table has things said once a thread. */
const SLOTS = 256

let table: Int32Array | undefined

/** Makes the table before there is a worker, which gets what is there when it starts. */
export function share(): Int32Array {
  return (table ??= sharedTable())
}

/** @returns whether no thread has claimed `key` before */
export function claim(key: string): boolean {
  const slots = share()
  const mark = markOf(key)
  for (let i = 0; i < SLOTS; i++) {
    const found = Atomics.compareExchange(slots, (mark + i) & (SLOTS - 1), 0, mark)
    if (found === 0) return true
    if (found === mark) return false
  }
  return true
}

function sharedTable(): Int32Array {
  const { getEnvironmentData, setEnvironmentData } =
    require('node:worker_threads') as typeof import('node:worker_threads')
  const inherited: unknown = getEnvironmentData(KEY)
  if (inherited instanceof Int32Array) return inherited
  const made = new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT))
  setEnvironmentData(KEY, made)
  return made
}

/** FNV-1a, never 0: that is a free slot. */
function markOf(key: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return hash | 1
}
