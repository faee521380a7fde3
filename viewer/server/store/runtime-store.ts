/**
 * What held processes up, process by process, the latest of it.
 */
import type { Runtime, Trace } from '../../model/trace.js'
import { listOf, numberOf, objectOf, textOf } from '../formats/json.js'
import { Malformed } from '../formats/protobuf.js'

/** Of each kind, a process. */
const MOST_EVENTS = 5000
const MOST_PROCESSES = 200
const LONGEST_NAME = 200

type Delay = Runtime['delays'][number]
type Collection = Runtime['collections'][number]
interface Track {
  readonly service: string
  readonly instance: string
  delays: Delay[]
  collections: Collection[]
}

export class RuntimeStore {
  /** In the order in which something last came of them. */
  private readonly tracks = new Map<string, Track>()

  /** @throws Malformed where `json` is no {@link Runtime} */
  add(json: unknown): void {
    const { service, instance, delays, collections } = objectOf(json)
    if (typeof service !== 'string' || !Array.isArray(delays) || !Array.isArray(collections)) {
      throw new Malformed('this is no runtime record')
    }
    const track = this.touched(service.slice(0, LONGEST_NAME), textOf(instance).slice(0, LONGEST_NAME))
    track.delays = latest(track.delays, listOf(delays).map(spell))
    const collected = listOf(collections).map((one) => ({
      ...spell(one),
      kind: textOf(one['kind']).slice(0, LONGEST_NAME),
    }))
    track.collections = latest(track.collections, collected)
  }

  /** What happened to a trace's processes while it ran. */
  during({ processes, spans }: Trace): Runtime[] {
    const start = spans.reduce((least, span) => Math.min(least, span.start), Infinity)
    const end = spans.reduce((most, span) => Math.max(most, span.start + span.duration), -Infinity)
    const overlaps = (one: Delay): boolean => one.start <= end && one.start + one.duration >= start
    const keys = new Set(processes.map(({ service, instance }) => keyOf(service, instance)))
    return [...keys].flatMap((key) => {
      const track = this.tracks.get(key)
      if (track === undefined) return []
      const [delays, collections] = [track.delays.filter(overlaps), track.collections.filter(overlaps)]
      return delays.length + collections.length === 0 ? [] : [{ ...track, delays, collections }]
    })
  }

  private touched(service: string, instance: string): Track {
    const key = keyOf(service, instance)
    const track = this.tracks.get(key) ?? { service, instance, delays: [], collections: [] }
    this.tracks.delete(key)
    this.tracks.set(key, track)
    if (this.tracks.size > MOST_PROCESSES) {
      for (const oldest of this.tracks.keys()) {
        this.tracks.delete(oldest)
        break
      }
    }
    return track
  }
}

function keyOf(service: string, instance: string): string {
  return `${service}\n${instance}`
}

function spell(one: Readonly<Record<string, unknown>>): Delay {
  return { start: numberOf(one['start']), duration: numberOf(one['duration']) }
}

function latest<Event>(known: readonly Event[], more: readonly Event[]): Event[] {
  return [...known, ...more].slice(-MOST_EVENTS)
}
