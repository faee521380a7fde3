/**
 * What `pg` spans tell: pure functions of clients, queries and errors.
 */
import type { Description, Options } from '../src/instrumentation.js'

let reader: typeof import('./sql.js') | undefined

/** Loaded with the first statement that a span tells of. */
function sql(): NonNullable<typeof reader> {
  return (reader ??= require('./sql.js') as NonNullable<typeof reader>)
}

/** A query as an application gives it: text, configuration, `Query`, cursor, stream. */
export interface QueryFacts {
  readonly text?: unknown
  readonly name?: unknown
  readonly values?: unknown
  /** A stream's cursor, which knows the text. */
  readonly cursor?: QueryFacts
}

/** A connection's where and who. */
export interface ClientFacts {
  readonly host?: string | null
  readonly port?: number | string
  readonly database?: string
  readonly user?: string
  readonly connection?: {
    /** Texts of prepared statements by name; a name alone is enough to execute one again. */
    readonly parsedStatements?: Readonly<Record<string, string | undefined>>
  }
}

/** A query about to be sent. */
export function describeQuery(
  client: ClientFacts,
  query: string | QueryFacts,
  policy: Options['statements'],
): Description {
  const { host, port, database, user } = client
  const text = textOf(query) ?? preparedText(client, query)
  const statement = text === undefined ? undefined : sql().readStatement(text)
  const told = policy === 'off' ? undefined : policy === 'expose_literals' ? text : statement?.sanitised
  const isSocket = host?.startsWith('/') === true
  return {
    name: statement?.summary ?? database ?? 'postgresql',
    tags: () => [
      'db.type',
      'sql',
      'db.instance',
      database,
      'db.user',
      user,
      'db.statement',
      told,
      'peer.hostname',
      host ?? undefined,
      'peer.port',
      isSocket || port === undefined ? undefined : Number(port),
      'db.batch_size',
      statement !== undefined && statement.count > 1 ? statement.count : undefined,
    ],
  }
}

/** The SQLSTATE. Errors of the connection have codes of another kind, and no severity. */
export function describeFailure(error: unknown): Description {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown }
  return { tags: ['db.error_code', typeof code === 'string' && typeof severity === 'string' ? code : undefined] }
}

/** Fields in which PostgreSQL names what an error is about. */
const NAMING_FIELDS = ['schema', 'table', 'column', 'constraint', 'dataType'] as const
/** A shorter value would be found everywhere. */
const SHORTEST_VALUE = 3

/** `RAISE` of a function or a DO, which may say anything. */
const RAISED = 'P0001'

/**
 * An error's message without data: PostgreSQL quotes literals, parameters and fields of rows. What is in quotes stays only
 * if all of it names something that the statement or the error names too.
 */
export function redactMessage(message: string, error: unknown, query: string | QueryFacts): string {
  if ((error as { code?: unknown } | null)?.code === RAISED) return 'an exception was raised'
  const text = textOf(query) ?? ''
  const values = typeof query === 'string' ? undefined : (query.cursor ?? query).values
  const told = withoutValues(message, [...sql().literalsOf(text).map(inner), ...(Array.isArray(values) ? values : [])])
  const open = told.indexOf('"')
  if (open === -1) return told
  const close = told.lastIndexOf('"')
  const pieces = told.slice(open + 1, close).split('"')
  const names = namesIn(sql().readStatement(text).sanitised, error)
  const isKnown = (piece: string, i: number): boolean =>
    i % 2 === 0 ? names.has(piece.toLowerCase()) : piece.startsWith(' ') && piece.endsWith(' ')
  const isNames = pieces.length % 2 === 1 && pieces.every(isKnown)
  return isNames ? told : `${told.slice(0, open)}"?"${close === open ? '' : told.slice(close + 1)}`
}

function textOf(query: string | QueryFacts): string | undefined {
  if (typeof query === 'string') return query
  const text = query.text ?? query.cursor?.text
  return typeof text === 'string' ? text : undefined
}

function preparedText({ connection }: ClientFacts, query: string | QueryFacts): string | undefined {
  const name = typeof query === 'string' ? undefined : query.name
  return typeof name === 'string' ? connection?.parsedStatements?.[name] : undefined
}

function withoutValues(message: string, values: readonly unknown[]): string {
  const texts = values
    .filter((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    .map(String)
    .filter((text) => text.length >= SHORTEST_VALUE)
    .sort((a, b) => b.length - a.length)
  return texts.reduce((told, text) => told.replaceAll(text, '?'), message)
}

/** What a literal says: without delimiters, doubled quotes and escaping backslashes. */
function inner(literal: string): string {
  const open = /^(?:\w?'|[uU]&'|\$\w*\$)/.exec(literal)?.[0] ?? ''
  const close = open.endsWith("'") ? "'" : open
  const body = literal.slice(open.length, close !== '' && literal.endsWith(close) ? -close.length : undefined)
  return open.endsWith("'") ? body.replaceAll("''", "'").replaceAll(/\\(.)/gs, '$1') : body
}

/** PostgreSQL's lexer takes any character beyond ASCII for a letter ("Lexical Structure", identifiers). */
const IDENTIFIER = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/g

function namesIn(sanitised: string, error: unknown): ReadonlySet<string> {
  const names = new Set(sanitised.toLowerCase().match(IDENTIFIER))
  for (const field of NAMING_FIELDS) {
    const name = (error as Partial<Record<(typeof NAMING_FIELDS)[number], unknown>> | null)?.[field]
    if (typeof name === 'string') names.add(name.toLowerCase())
  }
  return names
}
