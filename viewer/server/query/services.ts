/**
 * Who is there, and what they do.
 */
import type { ServiceList } from '../../model/api.js'
import type { Store } from '../store/store.js'

/** Names without end are no names: an application that puts ids into them has to be bounded. */
const MOST_OPERATIONS = 1000

export function services(store: Store): ServiceList {
  const found = new Map<string, Set<string>>()
  for (const { spans } of store.newest()) {
    for (const { name, process } of spans) {
      let operations = found.get(process.service)
      if (operations === undefined) found.set(process.service, (operations = new Set()))
      if (operations.size < MOST_OPERATIONS) operations.add(name)
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  return { services: sorted.map(([name, operations]) => ({ name, operations: [...operations].sort() })) }
}
