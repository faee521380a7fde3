/**
 * `pretrace run`: an application with tracing, and a viewer beside it.
 */
import { UsageError, type Command, type Input } from './command.js'
import { endAs, endOf, forwardSignals, start } from './child.js'
import { startAnywhere } from './host.js'
import { portOf } from './numbers.js'
import { PRELOAD, programOf, withPreloads } from './program.js'

/** The most that a finished span waits, ms, where nobody has said otherwise: traces are looked at as they come. */
const SCHEDULE_DELAY = '250'

export const run: Command = {
  name: 'run',
  summary: 'start an application with tracing, and a viewer for its traces',
  usage: '[options] app.js [arguments] | [options] -- command [arguments]',
  about: [
    'Every Node process that the command starts is traced. Signals, standard streams and the exit code are the',
    'application’s; the viewer’s address goes to standard error, and the viewer ends with the application.',
  ],
  options: {
    port: { type: 'string', short: 'p', value: 'port', help: 'the viewer’s port; 0 for any that is free' },
    file: { type: 'string', value: 'file', help: 'keep the traces in this file, and show those that it holds' },
    keep: { type: 'boolean', help: 'leave the viewer up when the application has ended, until Ctrl-C' },
  },
  runsProgram: true,
  run: runProgram,
}

async function runProgram({ values, rest }: Input): Promise<number> {
  if (rest.length === 0) throw new UsageError('run: what is to be run? (pretrace run app.js)')
  const viewer = await startAnywhere({
    port: portOf(values['port'] as string | undefined),
    file: values['file'] as string | undefined,
  })
  try {
    const child = await start(programOf(rest), { env: environment(process.env, viewer.url), stdio: 'inherit' })
    const ended = endOf(child)
    const stopForwarding = forwardSignals(child)
    say(`traces at ${viewer.url}`)
    if (process.env['OTEL_SDK_DISABLED'] !== undefined) say('OTEL_SDK_DISABLED is set: there may be none')
    const end = await ended
    if (values['keep'] === true) await untilInterrupted(viewer.url)
    stopForwarding()
    await viewer.close()
    return endAs(end)
  } catch (error) {
    await viewer.close()
    throw error
  }
}

/** The application's environment: traced, with the viewer as its backend, whatever other one is configured. */
export function environment(env: NodeJS.ProcessEnv, url: string): NodeJS.ProcessEnv {
  const { PRETRACE_VIEWER: _ours, OTEL_TRACES_EXPORTER: exporters = '', ...others } = env
  const kept = exporters.split(',').filter((name) => !['', 'otlp', 'none'].includes(name.trim().toLowerCase()))
  return {
    OTEL_BSP_SCHEDULE_DELAY: SCHEDULE_DELAY,
    ...others,
    NODE_OPTIONS: withPreloads(env['NODE_OPTIONS'], PRELOAD),
    OTEL_TRACES_EXPORTER: [...kept, 'otlp'].join(','),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url.replace(/\/$/, '')}/v1/traces`,
  }
}

function untilInterrupted(url: string): Promise<void> {
  say(`the application has ended; traces stay at ${url} until Ctrl-C`)
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}

function say(line: string): void {
  process.stderr.write(`pretrace: ${line}\n`)
}
