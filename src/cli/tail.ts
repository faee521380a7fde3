/**
 * `pretrace tail`: the traces of a running viewer, as they come.
 */
import { lookOfStdout } from '../export/stdout.js'
import { UsageError, type Command, type Input } from './command.js'
import { Follower, traceAt } from './follow.js'
import { integerOf } from './numbers.js'
import { filterOf, isInByItsSpans, isOutByItsSummary, needsSpans, queryOf, type Filter } from './trace-filter.js'
import { lineOf, treeOf } from './trace-lines.js'
import type { TraceSummary } from '../../viewer/model/api.js'
import type { Trace } from '../../viewer/model/trace.js'

const VIEWER = 'http://127.0.0.1:4319'

export const tail: Command = {
  name: 'tail',
  summary: 'print the traces of a running viewer as they come',
  usage: '[options] [address of the viewer]',
  about: [
    `The viewer is looked for at ${VIEWER} unless told. Filters add up. When the viewer goes, tail waits for it to`,
    'come back. It ends with Ctrl-C.',
  ],
  options: {
    tree: { type: 'boolean', short: 't', help: 'the whole trace as a tree, not one line' },
    json: { type: 'boolean', help: 'a line of JSON a trace; with --tree all its spans' },
    last: { type: 'string', short: 'n', value: 'number', help: 'begin with so many that are there already' },
    service: { type: 'string', value: 'name', help: 'traces in which this service has a part' },
    operation: { type: 'string', value: 'name', help: 'traces with a span of this name (of that service)' },
    status: { type: 'string', value: 'ok|error', help: 'traces with a failed span, or without' },
    'min-duration': { type: 'string', value: 'time', help: 'traces that took as long, such as 250ms or 2s' },
    'max-duration': { type: 'string', value: 'time', help: 'traces that took no longer' },
    text: { type: 'string', value: 'text', help: 'traces with this in a name, tag or error, whatever the case' },
    tag: { type: 'string', multiple: true, value: 'key[=value]', help: 'traces with such a tag' },
  },
  run: follow,
}

async function follow({ values, rest }: Input): Promise<number> {
  const url = addressOf(rest)
  const filter = filterOf(values)
  const last = integerOf('last', values['last'] as string | undefined, 1000) ?? 0
  const print = printer(url, filter, values['tree'] === true, values['json'] === true)
  const follower = new Follower({
    url,
    first: last === 0 ? undefined : `${queryOf(filter)}&limit=${last}`,
    onTrace: print,
    onConnection: (isThere, why) => say(isThere ? `following ${url}` : `no viewer at ${url}: ${why}; waiting for it`),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => follower.stop())
  // `tail | head` is over when head is.
  process.stdout.on('error', () => follower.stop())
  await follower.run()
  return 0
}

/** @throws UsageError */
function addressOf([given, ...others]: readonly string[]): string {
  if (others.length > 0) throw new UsageError('tail: there is one viewer to be followed')
  if (given === undefined) return VIEWER
  const address = /^\d+$/.test(given) ? `http://127.0.0.1:${given}` : given.includes('://') ? given : `http://${given}`
  if (/^https?:/.test(address) && URL.canParse(address)) return new URL(address).origin
  throw new UsageError(`tail: ${given} is not the address of a viewer, such as ${VIEWER}`)
}

function printer(
  url: string,
  filter: Filter,
  isTree: boolean,
  isJson: boolean,
): (summary: TraceSummary) => Promise<void> {
  return async (summary) => {
    if (isOutByItsSummary(summary, filter)) return
    const trace = isTree || needsSpans(filter) ? await traceAt(url, summary.id) : undefined
    if (needsSpans(filter) && (trace === undefined || !isInByItsSpans(trace, filter))) return
    process.stdout.write(textOf(summary, isTree ? trace : undefined, isJson))
  }
}

function textOf(summary: TraceSummary, trace: Trace | undefined, isJson: boolean): string {
  if (isJson) return `${JSON.stringify(trace ?? summary)}\n`
  const look = lookOfStdout(process.env)
  return trace === undefined ? `${lineOf(summary, look)}\n` : `${treeOf(trace, look).join('\n')}\n\n`
}

function say(line: string): void {
  process.stderr.write(`pretrace: ${line}\n`)
}
