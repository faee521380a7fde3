/**
 * What spans of Redis commands tell, whichever client sent them: pure functions.
 */
import type { Description, Tags } from '../src/instrumentation.js'

/** Where a client sends to. */
export interface Endpoint {
  /** A host's name, or the path of a Unix socket. */
  readonly host: string | undefined
  readonly port: number | undefined
  /** Index of the database, as text. */
  database: string
}

/** A command's argument as the clients hand it over: text, a Buffer, or whatever the application gave. */
export type Argument = unknown

/** Placeholders written out; of more arguments only the number is told. */
const MOST_PLACES = 8
const PLACES = Array.from({ length: MOST_PLACES + 1 }, (_, count) => ' ?'.repeat(count))
/** Characters of a statement whose arguments are shown. */
const LONGEST_STATEMENT = 500

/** Names of commands, those of modules included; anything else may be data that went astray. */
const COMMAND = /^[A-Z_][\w.|-]{0,39}$/i

/** So many names of commands are remembered. */
const MOST_NAMES = 512
const names = new Map<string, string>()

/** The command's name in upper case: the span's name and its operation. */
export function nameOf(command: Argument): string {
  const text = Buffer.isBuffer(command) && command.length <= 40 ? command.toString('latin1') : command
  if (typeof text !== 'string') return OTHER
  return names.get(text) ?? learnName(text)
}

function learnName(text: string): string {
  if (!COMMAND.test(text)) return OTHER
  const name = text.toUpperCase()
  if (names.size < MOST_NAMES) names.set(text, name)
  return name
}

/** Told in place of what is no command's name. */
const OTHER = 'redis'

const NOWHERE: Partial<Endpoint> = {}

/**
 * One command.
 *
 * @param args the arguments, preceded by `skipped` elements that are none
 * @param shown whether arguments are recorded
 */
export function describeCommand(
  name: string,
  args: readonly Argument[],
  skipped: number,
  endpoint: Endpoint | undefined,
  shown: boolean,
): Description {
  const count = args.length - skipped
  const statement = shown ? shownStatement(name, args.slice(skipped)) : undefined
  // As they are now: `SELECT` changes them.
  const { host, port, database } = endpoint ?? NOWHERE
  return {
    name,
    // As `endpointTags`: one literal takes a fraction of what it takes to spread another one into it.
    tags: () => [
      'db.operation',
      name,
      'db.statement',
      statement ?? name + places(count),
      'db.type',
      'redis',
      'db.instance',
      database,
      'peer.hostname',
      host,
      'peer.port',
      port,
    ],
  }
}

/**
 * A transaction or a pipeline.
 *
 * @param names those of its commands
 */
export function describeBatch(kind: Batching, names: readonly string[], endpoint: Endpoint | undefined): Description {
  const [first] = names
  const isUniform = first !== undefined && names.every((name) => name === first)
  return {
    name: kind,
    tags: [
      'db.operation',
      isUniform ? `${kind} ${first}` : kind,
      // OpenTelemetry's conventions: a batch of one is none.
      'db.batch_size',
      names.length === 1 ? undefined : names.length,
      ...endpointTags(endpoint),
    ],
  }
}

/** How commands are sent together. */
export type Batching = 'MULTI' | 'PIPELINE'

export function endpointTags(endpoint: Endpoint | undefined): Tags {
  if (endpoint === undefined) return ['db.type', 'redis']
  const { host, port, database } = endpoint
  return ['db.type', 'redis', 'db.instance', database, 'peer.hostname', host, 'peer.port', port]
}

function places(count: number): string {
  return PLACES[count] ?? `${PLACES[MOST_PLACES]} … (+${count - MOST_PLACES})`
}

function shownStatement(name: string, args: readonly Argument[]): string {
  let text = name
  const isHidden = secretsOf(name, args)
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    const isText = typeof arg === 'string' || typeof arg === 'number'
    text += isText && !isHidden(i) ? ` ${String(arg).slice(0, LONGEST_STATEMENT)}` : ' ?'
    if (text.length > LONGEST_STATEMENT) return `${text.slice(0, LONGEST_STATEMENT - 1).trimEnd()}…`
  }
  return text
}

const nothing = (): boolean => false
const SECRET_SETTING = /pass|auth|secret|key/i

/** Which arguments stay hidden even where arguments are shown: passwords, and the text of scripts. */
function secretsOf(name: string, args: readonly Argument[]): (index: number) => boolean {
  const word = (index: number): string => {
    const arg = args[index]
    return typeof arg === 'string' || Buffer.isBuffer(arg) ? String(arg.slice(0, 64)).toUpperCase() : ''
  }
  const isAfterAuth = (index: number): boolean => /^AUTH2?$/.test(word(index))
  switch (name) {
    case 'AUTH':
      return () => true
    case 'HELLO':
    case 'MIGRATE':
      return (index) => isAfterAuth(index - 1) || isAfterAuth(index - 2)
    case 'ACL':
      return word(0) === 'SETUSER' ? (index) => index >= 2 : nothing
    case 'CONFIG':
    case 'SENTINEL':
      return (index) => index >= 2 && SECRET_SETTING.test(word(index - 1))
    case 'EVAL':
    case 'EVAL_RO':
      return (index) => index === 0
    case 'SCRIPT':
    case 'FUNCTION':
      return (index) => index >= 1
    default:
      return nothing
  }
}

/** The prefix of an error that the server replied: `WRONGTYPE`, `ERR`, `NOSCRIPT`, … */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? /^[A-Z][A-Z0-9_]+(?= |$)/.exec(error.message)?.[0] : undefined
}

/** Commands whose failure may be told by a script in its own words. */
const SCRIPTED = /^(?:EVAL|EVALSHA|FCALL)(?:_RO)?$|^(?:SCRIPT|FUNCTION|MULTI|PIPELINE)$/
/** The classes of what a server replied, in all the clients. */
const REPLIES = /^(?:ErrorReply|SimpleError|BlobError|ReplyError)$/

/**
 * What is told of an error that the server replied; undefined for any other. A server quotes arguments (`unknown command
 * 'x', with args beginning with: …`), and a script may say anything: that is left out, even where arguments are shown, for
 * it may be a password.
 *
 * @param name of the command or batch that failed
 */
export function toldOf(error: unknown, name: string): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = errorCode(error)
  if (code === undefined && !REPLIES.test(error.constructor.name)) return undefined
  return SCRIPTED.test(name) ? (code ?? 'the script failed') : withoutQuotes(error.message)
}

function withoutQuotes(message: string): string {
  const beginning = message.indexOf(', with args beginning with')
  return message.slice(0, beginning === -1 ? undefined : beginning).replace(/(['"`]).*\1/s, '?')
}
