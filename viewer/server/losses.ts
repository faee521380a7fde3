/**
 * Tells on stderr now and then what was let go.
 */
import type { Status } from '../model/api.js'
import { warn } from '../../src/log.js'

/** Ms between two lines. */
const PERIOD = 60_000

type Counts = Pick<Status, 'evictedTraces' | 'droppedSpans' | 'refusedRequests'>

const NAMES: Readonly<Record<keyof Counts, string>> = {
  evictedTraces: 'traces let go to stay within memory',
  droppedSpans: 'spans not kept',
  refusedRequests: 'requests refused',
}

export class Losses {
  private told: Counts = { evictedTraces: 0, droppedSpans: 0, refusedRequests: 0 }
  private last = -Infinity

  /** @param now ms, by whatever clock */
  look(counts: Counts, now = performance.now()): void {
    if (now - this.last < PERIOD) return
    const news = (Object.keys(NAMES) as (keyof Counts)[])
      .filter((name) => counts[name] > this.told[name])
      .map((name) => `${counts[name] - this.told[name]} ${NAMES[name]}`)
    if (news.length === 0) return
    const { evictedTraces, droppedSpans, refusedRequests } = counts
    this.told = { evictedTraces, droppedSpans, refusedRequests }
    this.last = now
    warn(`viewer: ${news.join(', ')}`)
  }
}
