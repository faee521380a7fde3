/**
 * What a command is, how its arguments are read, and how its help looks. Help and parser go by the same table.
 */
import { parseArgs } from 'node:util'
import { nearest } from '../config/nearest.js'

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** May be given several times. */
  readonly multiple?: boolean
  /** What stands for the value in the help, such as `port`. */
  readonly value?: string
  readonly help: string
}

export type Options = Readonly<Record<string, Option>>

/** What was given, option by option. */
export type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export interface Input {
  readonly values: Given
  /** What is no option: files, or the command to run. */
  readonly rest: readonly string[]
}

export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What stands behind `pretrace <name>`. */
  readonly usage: string
  /** More lines for its help. */
  readonly about?: readonly string[]
  readonly options: Options
  /** The first argument that is no option ends the options: what follows is another program's. */
  readonly runsProgram?: boolean
  /** @returns the exit code */
  run(input: Input): Promise<number>
}

/** The user's mistake: said in one line, exit code 2. */
export class UsageError extends Error {}

export const HELP: Option = { type: 'boolean', short: 'h', help: 'say this' }

/** @throws UsageError */
export function parse(command: Command, args: readonly string[]): Input {
  const options = { ...command.options, help: HELP }
  const { own, others } = command.runsProgram === true ? split(args, options) : { own: args, others: undefined }
  try {
    const { values, positionals } = parseArgs({ args: [...own], options: forNode(options), allowPositionals: true })
    return { values: values as Given, rest: others ?? positionals }
  } catch (error) {
    throw new UsageError(problemOf(error as Error, Object.keys(options)))
  }
}

/** Where our arguments end: at a `--`, or before the first one that is no option and no option's value. */
function split(args: readonly string[], options: Options): { own: readonly string[]; others: readonly string[] } {
  const { tokens } = parseArgs({ args: [...args], options: forNode(options), strict: false, tokens: true })
  const end = tokens.find(({ kind }) => kind !== 'option')
  if (end === undefined) return { own: args, others: [] }
  const skip = end.kind === 'option-terminator' ? 1 : 0
  return { own: args.slice(0, end.index), others: args.slice(end.index + skip) }
}

type NodeOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

/** Without what `parseArgs` does not know. */
function forNode(options: Options): NodeOptions {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short !== undefined && { short }), ...(multiple !== undefined && { multiple }) },
    ]),
  )
}

/** Node's messages go on for several sentences. */
function problemOf({ message }: Error, names: readonly string[]): string {
  const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? []
  if (unknown === undefined) return lowerFirst(message.split(/[.\n]/)[0] as string)
  return `there is no option ${unknown}${meant(unknown.replace(/^-+/, ''), names, '--')}`
}

/** The name that was probably meant, as an afterthought to a complaint; nothing where none is near. */
export function meant(name: string, names: readonly string[], prefix = ''): string {
  // Of a short word every letter counts: three slips make any other of it.
  const near = nearest(name, names, Math.min(3, Math.ceil(name.length / 3)))
  return near === undefined ? '' : `; did you mean ${prefix}${near}?`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP }).map(([name, { short, value, help }]) => {
    const sign = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`
    return [sign, help] as const
  })
  const about = command.about === undefined ? [] : ['', ...command.about]
  return [`pretrace ${command.name} ${command.usage}`, '', command.summary, ...about, '', ...columns(rows)].join('\n')
}

/** Two columns, the first as wide as it has to be. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}
