/**
 * Calls of databases, as several insights look at them.
 */
import { normaliseCommand, normaliseSql } from '../statement.js'
import type { Span } from '../trace.js'
import { isCache, operationOf, statementOf, systemOf } from '../vocabulary.js'
import { grouped, type View } from './view.js'

/** Longer statements are named by their span. */
const LONGEST_NAME = 80
/** What belongs to a connection or a transaction, waits, or goes on where the last one stopped: to repeat it is its nature. */
const REPEATABLE =
  /^(begin|start|commit|rollback|savepoint|release|set|reset|discard|deallocate|declare|close|fetch|move|listen|multi|exec|pipeline|watch|unwatch|auth|hello|select|client|ping|subscribe|psubscribe|b(l|r)pop\w*|bz\w+|xread\w*|\w*scan)\b/i

/** A call of a database. */
export interface Query {
  readonly span: Span
  readonly system: string
  /** As recorded. */
  readonly text: string
  readonly normalised: string
}

/** The call that a span makes of a database; undefined for another span, or for what may well come again and again. */
export function queryOf(span: Span): Query | undefined {
  const system = systemOf(span)
  const text = statementOf(span) ?? operationOf(span)
  if (system === undefined || text === undefined) return undefined
  const isCommand = isCache(system)
  if (REPEATABLE.test(text) && !/^select\s+(?!\d)\S+[^]*\S/i.test(text)) return undefined
  return { span, system, text, normalised: isCommand ? normaliseCommand(text) : normaliseSql(text) }
}

/** What a query is called in a title. */
export function nameOf({ normalised, span }: Query): string {
  return normalised.length <= LONGEST_NAME ? normalised : span.name
}

/** The queries that a trace makes below one parent, by what they are: the same but for values. */
export function alike(view: View): Map<string, Query[]> {
  const queries = view.trace.spans.map(queryOf).filter((query) => query !== undefined)
  return grouped(queries, ({ span, system, normalised }) =>
    span.parentId === undefined ? undefined : `${span.process}\n${span.parentId}\n${system}\n${normalised}`,
  )
}
