/**
 * Client spans whose response has begun. They end when the body has arrived; a body that nobody reads never does, so
 * they are let go when their entry point is over, when they have waited long enough, or when the process ends. Such a
 * span ends where its response began.
 */
import type { LocalTrace } from './local-trace.js'
import type { Span } from './span.js'

/** How long a body may take to arrive before it is no longer waited for, in ms. */
const PATIENCE = 5000

/** In no order. Each knows its place, and whoever leaves gives that to the last: a set would take several times as long. */
const waiting: LocalTrace[] = []
let timer: NodeJS.Timeout | undefined

/** The response of `span` has begun. Whoever sees the body's end calls `span.finish()` as usual. */
export function linger(span: Span): void {
  const { local } = span.context()
  if (span.record === undefined || local === undefined) return
  const now = span.now()
  if (local.root?.record === undefined) {
    // The entry point is over already: nobody waits for its stragglers.
    span.finish(now)
    return
  }
  if (local.lingering === undefined) local.lingering = [span, now]
  else local.lingering.push(span, now)
  if (local.place === undefined) enter(local)
  timer ??= setInterval(sweep, PATIENCE).unref()
}

/** The entry point of `local` is over. */
export function releaseLingerers(local: LocalTrace): void {
  leave(local)
  const spans = local.lingering
  local.lingering = undefined
  if (spans !== undefined) for (let i = 0; i < spans.length; i += 2) (spans[i] as Span).finish(spans[i + 1] as number)
}

/** The process ends: nobody will be waited for. */
export function releaseAllLingerers(): void {
  for (const local of waiting.slice()) releaseLingerers(local)
}

function enter(local: LocalTrace): void {
  local.place = waiting.length
  waiting.push(local)
}

function leave(local: LocalTrace): void {
  const { place } = local
  if (place === undefined) return
  const last = waiting.pop() as LocalTrace
  if (last !== local) {
    waiting[place] = last
    last.place = place
  }
  local.place = undefined
}

function sweep(): void {
  for (const local of waiting.slice()) {
    const spans = local.lingering ?? []
    const rest: (Span | number)[] = []
    for (let i = 0; i < spans.length; i += 2) {
      const [span, since] = [spans[i] as Span, spans[i + 1] as number]
      if (span.record !== undefined && span.now() - since < PATIENCE) rest.push(span, since)
      else span.finish(since)
    }
    // Where the root was among them, its end has released the rest.
    if (rest.length > 0 && local.place !== undefined) local.lingering = rest
    else releaseLingerers(local)
  }
  if (waiting.length > 0) return
  clearInterval(timer)
  timer = undefined
}
