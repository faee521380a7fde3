/**
 * The command line: picks the command, and says what is wrong with it in one line.
 */
import { messageOf } from '../log.js'
import { version } from '../version.js'
import { columns, helpOf, meant, parse, UsageError, type Command } from './command.js'

/** Exit codes: something went wrong; the command line was wrong. */
const FAILED = 1
const MISUSED = 2

/** Loaded when asked for. */
const COMMANDS: Readonly<Record<string, () => Command>> = {
  run: () => (require('./run.js') as typeof import('./run.js')).run,
  viewer: () => (require('./viewer.js') as typeof import('./viewer.js')).viewer,
  tail: () => (require('./tail.js') as typeof import('./tail.js')).tail,
  doctor: () => (require('./doctor.js') as typeof import('./doctor.js')).doctor,
  demo: () => (require('./demo.js') as typeof import('./demo.js')).demo,
}

/** Does what the arguments ask for; sets the exit code. */
export function main(args: readonly string[]): void {
  dispatch(args).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      const isMisuse = error instanceof UsageError
      process.stderr.write(`pretrace: ${messageOf(error)}\n`)
      process.exitCode = isMisuse ? MISUSED : FAILED
    },
  )
}

async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--version' || name === '-v') return print(version)
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    return args[0] === undefined ? print(overview()) : print(helpOf(commandOf(args[0])))
  }
  const command = commandOf(name)
  const input = inputOf(command, args)
  return input.values['help'] === true ? print(helpOf(command)) : command.run(input)
}

function inputOf(command: Command, args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(command, args)
  } catch (error) {
    throw error instanceof UsageError
      ? new UsageError(`${command.name}: ${error.message} (pretrace ${command.name} --help)`)
      : error
  }
}

/** @throws UsageError */
function commandOf(name: string): Command {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load !== undefined) return load()
  const what = name.startsWith('-') ? 'option' : 'command'
  const names = what === 'option' ? ['--help', '--version'] : Object.keys(COMMANDS)
  throw new UsageError(`there is no ${what} ${name}${meant(name, names)} (pretrace --help)`)
}

function overview(): string {
  const rows = Object.values(COMMANDS).map((load) => {
    const { name, summary } = load()
    return [name, summary] as const
  })
  return [
    'pretrace <command> [options]',
    '',
    ...columns(rows),
    '',
    'pretrace <command> --help says more; --version says which version this is.',
    'Without any of them: node -r pretrace/register app.js',
  ].join('\n')
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
