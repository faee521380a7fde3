/**
 * Tells the viewer what held this process up: event-loop delays and garbage collections.
 */
import type { Config } from '../config/variables.js'
import { resourceOf, serviceNameOf, type Resource } from '../export/resource.js'
import { RuntimeWatch } from '../export/runtime.js'
import { post } from '../export/transport.js'
import { withoutTracing } from '../scope/scope.js'
import { wallAnchor } from '../tracer/clock.js'

/** How often something is told, if there is something, ms. */
const PERIOD = 1000
/** Shorter collections explain nothing, ms. */
const SHORTEST = 1
const MOST_EVENTS = 1000
const TIMEOUT = 2000

interface Event {
  readonly start: number
  readonly duration: number
  readonly kind?: string
}

export function reportRuntime(config: Config, version: string, url: string): void {
  let delays: Event[] = []
  let collections: Event[] = []
  const put = (list: Event[], event: Event): void => {
    if (list.length < MOST_EVENTS) list.push(event)
  }
  const watch = new RuntimeWatch({
    blocked: (start, duration) => put(delays, { start: wallAnchor() + start, duration }),
    collected(kind, start, duration) {
      if (duration >= SHORTEST) put(collections, { start: wallAnchor() + start, duration, kind })
    },
  })
  const report = (): void => {
    if (delays.length + collections.length === 0) return
    const service = serviceNameOf(config)
    const instance = instanceIn(resourceOf(config, version))
    const body = Buffer.from(JSON.stringify({ service, instance, delays, collections }))
    delays = []
    collections = []
    const headers = { 'content-type': 'application/json' }
    // What does not arrive is no loss: it is only said once, by the spans that do not arrive either.
    post({ url: `${url}/v1/runtime`, headers, body, spans: 0, timeout: TIMEOUT }, () => undefined, 1)
  }
  withoutTracing(() => {
    watch.start()
    setInterval(report, PERIOD).unref()
  })
}

/** As the viewer tells processes of a service apart (viewer/server/formats/intake.ts). */
function instanceIn(resource: Resource): string {
  const id = resource['service.instance.id']
  if (id !== undefined) return String(id)
  return [resource['host.name'], resource['process.pid']].filter((part) => part !== undefined).join(':')
}
