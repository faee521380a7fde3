/**
 * The doctor's own preload, which comes before all others: it sees to it that a process reports even where ours is not
 * loaded, and loads ours where nobody else does.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { AS_IT_IS } from './as-it-is.js'
import { basics, markAddedByDoctor, preloadedBy } from './basics.js'
import { reportTo } from './reporter.js'

const PRELOAD = join(__dirname, '..', '..', '..', 'register.js')

export function witness(folder: string): void {
  if (!isMainThread) return
  reportTo(folder)
  if (basics().off !== undefined || existsSync(join(folder, AS_IT_IS))) return
  if (preloadedBy(PRELOAD) !== 'application') return
  markAddedByDoctor()
  require(PRELOAD)
}
