/**
 * A request that follows a redirect, or tries again what has failed, says so: which one it is (`http.request.resend_count`,
 * as OpenTelemetry has it) and by a reference to the attempt before it.
 *
 * No client tells of its redirects and retries in a way that others share, so they are known by what was answered. What
 * counts has the same parent, and either goes where the answer has sent it, or repeats a request that may be repeated.
 * Each answer is good for one further request. Loaded with the first answer of that kind.
 */
import { followFrom, Stamp, type Span, type SpanContext } from '../src/instrumentation.js'

/** A request as it went out, or is about to. */
export interface Facts {
  readonly method: string
  /** As it is, secrets and all: it is compared, and never leaves the process. */
  readonly url: string
  /** The header of that name in the answer. */
  readonly location?: unknown
}

/** A request whose answer, or the lack of one, may lead to another request. */
interface Attempt {
  readonly context: SpanContext
  readonly isRedirect: boolean
  readonly method: string
  /** Where the next one would go. */
  readonly url: string
  /** How often it had itself been sent again. */
  readonly count: number
  readonly at: number
}

const COUNT = 'http.request.resend_count'
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Below 500: credentials to be added, a timeout, another connection, replay of early data, a limit (RFC 9110, 8470, 6585). */
const TRANSIENT: ReadonlySet<number> = new Set([401, 407, 408, 421, 425, 429])
/** RFC 9110, 9.2.2. To be sent twice means the same; two POSTs to one URL are as a rule two orders. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** What is remembered of one local trace; the oldest gives way. */
const MOST = 8
const LONGEST_URL = 4096
/** How long a redirect is remembered without a caller whose end would be the end of it, ms. */
const PATIENCE = 60_000

const attemptsIn = Stamp<Attempt[]>()
/** Until one is remembered nobody looks for any. */
let hasAttempts = false
/** Of requests without a caller in this process: each has a local trace of its own. */
const callerless: Attempt[] = []

/** Whether a response of this status may lead to another request. */
export function leadsOn(status: number): boolean {
  return status >= 500 || REDIRECTS.has(status) || TRANSIENT.has(status)
}

/** The response of `span` has begun, with a status that leads on. */
export function answered(span: Span, facts: Facts, status: number): void {
  const { method, url, location } = facts
  if (!REDIRECTS.has(status)) rememberFailed(span, facts)
  else if (typeof location === 'string') remember(span, method, canonical(location, url), true)
}

/** No response has come, or not all of it. */
export function failed(span: Span, facts: Facts): void {
  // A body that breaks off after a redirect, or an error, changes nothing.
  if (Number(span.record?.tag('http.status_code') ?? 0) < 300) rememberFailed(span, facts)
}

/** Whether there is anything that the request of `span` could come after: else its URL need not be made. */
export function isExpecting(span: Span): boolean {
  const attempts = hasCaller(span) ? attemptsOf(span) : callerless
  return attempts !== undefined && attempts.length > 0
}

/** The request of `span` is about to be sent. */
export function sent(span: Span, { method, url }: Facts): void {
  const attempts = hasCaller(span) ? attemptsOf(span) : callerless
  const target = canonical(url)
  const found = attempts?.findLastIndex((attempt) => attempt.url === target && comesAfter(span, method, attempt)) ?? -1
  const [attempt] = found === -1 ? [] : (attempts as Attempt[]).splice(found, 1)
  if (attempt === undefined) return
  span.setTag(COUNT, attempt.count + 1)
  followFrom(span, attempt.context)
}

function comesAfter(span: Span, method: string, { context, isRedirect, method: before, at }: Attempt): boolean {
  if (context.parentId !== span.context().parentId) return false
  // A redirect keeps the method or makes a GET of it (RFC 9110, 15.4).
  if (isRedirect) return (method === before || method === 'GET') && (hasCaller(span) || Date.now() - at < PATIENCE)
  // What is left of a request that is over, such as an interval that asks again and again, has its own reasons.
  return method === before && span.context().local?.root?.record !== undefined
}

/** Without a caller nothing holds together what is asked again and again by a timer. */
function rememberFailed(span: Span, { method, url }: Facts): void {
  if (IDEMPOTENT.has(method) && hasCaller(span)) remember(span, method, canonical(url), false)
}

function remember(span: Span, method: string, url: string | undefined, isRedirect: boolean): void {
  const context = span.context()
  const { local } = context
  if (span.record === undefined || local === undefined || url === undefined || url.length > LONGEST_URL) return
  const attempts = hasCaller(span) ? (attemptsOf(span) ?? []) : callerless
  if (attempts.some((attempt) => attempt.context === context)) return
  if (attempts.length >= MOST) attempts.shift()
  attempts.push({ context, isRedirect, method, url, count: Number(span.record.tag(COUNT) ?? 0), at: Date.now() })
  if (attempts !== callerless) attemptsIn.set(local, attempts)
  hasAttempts = true
}

function hasCaller(span: Span): boolean {
  return span.context().local?.root !== span
}

function attemptsOf(span: Span): Attempt[] | undefined {
  const { local } = span.context()
  return local === undefined || !hasAttempts ? undefined : attemptsIn.get(local)
}

/** A URL in the one form that all of its kind have, without fragment and credentials, which no request line has. */
function canonical(url: string, base?: string): string | undefined {
  if (!URL.canParse(url, base)) return undefined
  const parsed = new URL(url, base)
  parsed.hash = parsed.username = parsed.password = ''
  return parsed.href
}
