/**
 * Calls of databases, as several insights look at them.
 */
import { normaliseCommand, normaliseSql } from '../statement.js'
import type { Span } from '../trace.js'
import { isCache, operationOf, statementOf, systemOf } from '../vocabulary.js'
import type { View } from './view.js'

/** Longer statements are named by their span. */
const LONGEST_NAME = 80
/** What belongs to a connection or a transaction, waits, or goes on where the last one stopped: to repeat it is its nature. */
const REPEATED_SQL =
  /^\s*(begin|start|commit|rollback|savepoint|release|set|reset|discard|deallocate|declare|close|fetch|move|listen|select\s+1\s*;?$|select\s+\?\s*;?$)\b/i
const REPEATED_COMMAND =
  /^(multi|exec|pipeline|watch|unwatch|auth|hello|select|client|ping|p?subscribe|b[lr]pop\w*|bz\w+|xread\w*|\w*scan)\b/i

/** A call of a database. */
export interface Query {
  readonly span: Span
  readonly system: string
  /** As recorded. */
  readonly text: string
  readonly normalised: string
  /** Of all that are alike. */
  readonly key: string
}

/** What is known of a statement: it comes again with each request. */
interface Known {
  readonly normalised: string
  readonly key: string
}

const MOST_KNOWN = 5000
const known = new Map<string, Known | undefined>()
const queries = new WeakMap<View, readonly Query[]>()

/** The calls of databases in a trace, but for those of which it is the nature to come again and again. */
export function queriesIn(view: View): readonly Query[] {
  let list = queries.get(view)
  if (list === undefined) {
    list = view.trace.spans.map(queryOf).filter((query) => query !== undefined)
    queries.set(view, list)
  }
  return list
}

function queryOf(span: Span): Query | undefined {
  const system = systemOf(span)
  const text = system === undefined ? undefined : (statementOf(span) ?? operationOf(span))
  if (system === undefined || text === undefined) return undefined
  const facts = knownOf(system, text)
  return facts && { span, system, text, ...facts }
}

function knownOf(system: string, text: string): Known | undefined {
  const name = `${system}\n${text}`
  if (known.has(name)) return known.get(name)
  if (known.size >= MOST_KNOWN) known.clear()
  const facts = lookAt(system, text)
  known.set(name, facts)
  return facts
}

function lookAt(system: string, text: string): Known | undefined {
  if (isRepeatable(system, text)) return undefined
  const normalised = isCache(system) ? normaliseCommand(text) : normaliseSql(text)
  return { normalised, key: `${system}\n${normalised}` }
}

function isRepeatable(system: string, text: string): boolean {
  return isCache(system) ? REPEATED_COMMAND.test(text) : REPEATED_SQL.test(text)
}

/** What a query is called in a title. */
export function nameOf({ normalised, span }: Query): string {
  return normalised.length <= LONGEST_NAME ? normalised : span.name
}
