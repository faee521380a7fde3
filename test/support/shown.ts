/**
 * A viewer with traces in it, for the tests of its page.
 */
import { after } from 'node:test'
import { traceAsOtlp } from '../../viewer/model/as-otlp.js'
import type { Runtime, Trace } from '../../viewer/model/trace.js'
import { startViewer, type Viewer } from '../../viewer/server/index.js'
import { traceOf, type Sketch } from './traces.js'

const viewers: Viewer[] = []
after(() => Promise.all(viewers.map((viewer) => viewer.close())))

/** A viewer that ends with the tests of the file. */
export async function viewing(): Promise<Viewer> {
  const viewer = await startViewer({ port: 0 })
  viewers.push(viewer)
  return viewer
}

export async function send({ url }: Viewer, ...traces: readonly Trace[]): Promise<void> {
  const messages = traces.map((trace) => traceAsOtlp(trace) as { readonly resourceSpans: readonly unknown[] })
  await post(`${url}/v1/traces`, { resourceSpans: messages.flatMap(({ resourceSpans }) => resourceSpans) })
}

export function sendRuntime({ url }: Viewer, runtime: Runtime): Promise<void> {
  return post(`${url}/v1/runtime`, runtime)
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
}

/** A trace that began a few seconds ago, with an id of its own. */
export function recent(number: number, ...roots: readonly Sketch[]): Trace {
  const { spans, ...trace } = traceOf(...roots)
  const shift = Date.now() - 10_000 + number - Math.min(...spans.map(({ start }) => start))
  return {
    ...trace,
    id: `a${number.toString(16).padStart(31, '0')}`,
    spans: spans.map((span) => ({ ...span, start: span.start + shift })),
  }
}
