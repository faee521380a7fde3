/**
 * `pretrace doctor`: why there are no spans, or that all is well.
 */
import { existsSync } from 'node:fs'
import { isatty } from 'node:tty'
import { wantsColour } from '../export/stdout.js'
import { UsageError, type Command, type Input } from './command.js'
import { applicationAmong, type Examination } from './doctor/examination.js'
import { judge, type Verdict } from './doctor/judge.js'
import { reportLines } from './doctor/print.js'
import { probeAll } from './doctor/probe.js'
import { reportsIn } from './doctor/reports.js'
import { configOf, settingsOf } from './doctor/settings.js'
import { watch, type Watched } from './doctor/watch.js'
import { durationOf } from './numbers.js'
import { programOf } from './program.js'

const STDOUT = 1
const USUAL_TIME = 10_000
const UNHEALTHY = 1

export const doctor: Command = {
  name: 'doctor',
  summary: 'say what is traced and what is not, why, and what to do',
  usage: '[options] [-- app.js [arguments] | -- command [arguments]]',
  about: [
    'Runs the application, looks on until it ends or the time is over, and ends it then. Without a command it looks at the',
    'environment and the exporters alone. Exit code 0: healthy; 1: not; 2: the command line is wrong.',
    '',
    'Where the application cannot be started from here, give it PRETRACE_DOCTOR=<folder>, and read that by --reports.',
  ],
  options: {
    for: { type: 'string', value: 'time', help: 'how long to watch, such as 30s; 10s unless told' },
    request: { type: 'string', value: 'URL', help: 'a request to send once it listens: a URL, or a path such as /' },
    'as-it-is': { type: 'boolean', help: 'load pretrace only if the command does so itself' },
    reports: { type: 'string', value: 'folder', help: 'what processes with PRETRACE_DOCTOR=<folder> have written' },
    json: { type: 'boolean', help: 'all of it as JSON' },
  },
  runsProgram: true,
  run: examine,
}

async function examine(input: Input): Promise<number> {
  const { values, rest } = input
  const watched = await found(input)
  const settings = settingsOf(applicationAmong(watched.reports)?.traced)
  const examination: Examination = {
    ...watched,
    command: nameOf(rest),
    isScript: rest.length > 0 && programOf(rest).command === process.execPath,
    settings,
    probes: await probeAll(configOf(settings)),
  }
  const verdict = judge(examination)
  const text = values['json'] === true ? jsonOf(examination, verdict) : textOf(examination, verdict)
  process.stdout.write(`${text}\n`)
  return verdict.isHealthy ? 0 : UNHEALTHY
}

/** A command without most of its arguments, which hold passwords more often than one would think. */
function nameOf(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined
  const shown = words.slice(0, 3).filter((word) => !/[=\s]/.test(word) || existsSync(word))
  return [...shown, ...(words.length > shown.length ? ['…'] : [])].join(' ')
}

async function found({ values, rest }: Input): Promise<Watched> {
  const folder = values['reports'] as string | undefined
  const time = durationOf('for', values['for'] as string | undefined, 's') ?? USUAL_TIME
  if (folder !== undefined) {
    if (rest.length > 0) throw new UsageError('doctor: either --reports or a command, not both')
    if (!existsSync(folder)) throw new UsageError(`doctor: there is no folder ${folder}`)
    return { watched: 0, reports: reportsIn(folder) }
  }
  if (rest.length === 0) return { watched: 0, reports: [] }
  return watch(rest, {
    time,
    request: values['request'] as string | undefined,
    asItIs: values['as-it-is'] === true,
  })
}

function textOf(examination: Examination, verdict: Verdict): string {
  return reportLines(examination, verdict, wantsColour(process.env, isatty(STDOUT))).join('\n')
}

function jsonOf(examination: Examination, { isHealthy, findings }: Verdict): string {
  const { reports, settings, probes, command, ended, startError, asked } = examination
  const healthy = { healthy: isHealthy, findings, command, ended, startError, asked, variables: settings }
  return JSON.stringify({ ...healthy, exporters: probes, processes: reports.map(withoutVariables) }, null, 2)
}

/** They stand above, with their sources. */
function withoutVariables(report: Examination['reports'][number]): object {
  const { traced, ...basics } = report
  if (traced === undefined) return basics
  const { variables: _told, ...rest } = traced
  return { ...basics, traced: rest }
}
