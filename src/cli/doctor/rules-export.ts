/**
 * Whether spans get where they are to go.
 */
import type { ExporterReport } from '../../doctor/report.js'
import { applicationAmong, tracedOf, type Examination, type Probe } from './examination.js'
import { problem, type Finding, type Rule } from './finding.js'
import { adviceOn, codeOf } from './failures.js'
import { valueOf } from './rules-variables.js'

export const noExporter: Rule = ({ settings }) =>
  valueOf(settings, 'OTEL_TRACES_EXPORTER') === 'none'
    ? [
        problem(
          'exporter-none',
          'OTEL_TRACES_EXPORTER=none: spans are made and thrown away.',
          'Unset it to send them by OTLP, or set it to what you have: otlp, zipkin, jaeger, console.',
        ),
      ]
    : []

export const unreachable: Rule = (examination) => {
  const exporters = tracedOf(examination)?.exporters ?? []
  return examination.probes.flatMap((probe) => {
    const exporter = exporters.find(({ name }) => name === probe.exporter)
    const why = failureOf(probe, exporter)
    if (why === undefined) return []
    const lost = exporter === undefined ? 0 : lostOf(exporter)
    const count = lost === 0 ? '' : ` ${lost} spans were lost.`
    const title = `${capital(probe.exporter)} exporter: ${probe.target}: ${why}.${count}`
    return [problem(codeOf(why, probe.target), title, ...adviceOn(why, probe, examination.settings))]
  })
}

/** What real spans met with counts more than what a message without any did. */
function failureOf({ isFine, why }: Probe, exporter: ExporterReport | undefined): string | undefined {
  const { lastFailure } = exporter ?? {}
  // That time was short says less than what keeps it from ever being enough.
  if (lastFailure !== undefined) return lastFailure.startsWith('no answer') && isFine === false ? why : lastFailure
  if (isFine !== false || (exporter !== undefined && exporter.exported > 0)) return undefined
  return why
}

export const fullQueue: Rule = (examination) =>
  eachLoss(examination, 'queue-full', (count, { name }) =>
    problem(
      'queue-full',
      `${count} spans found no place in the queue of ${name} and were dropped.`,
      'Raise OTEL_BSP_MAX_QUEUE_SIZE, lower OTEL_BSP_SCHEDULE_DELAY, or record fewer traces (OTEL_TRACES_SAMPLER=parentbased_traceidratio).',
    ),
  )

export const lostAtExit: Rule = (examination) => {
  const dropped = eachLoss(examination, 'exit', (count, { name, lastFailure }) =>
    lastFailure === undefined ? lost(count, name, 'the process ended') : undefined,
  )
  if (dropped.length > 0) return dropped
  const signal = examination.ended?.signal ?? undefined
  const exporters = tracedOf(examination)?.exporters ?? []
  if (signal === undefined) return []
  return exporters
    .filter(({ waiting }) => waiting > 0)
    .map(({ name, waiting }) => lost(waiting, name, `the process was ended by ${signal}`))
}

function lost(count: number, exporter: string, how: string): Finding {
  return problem(
    'lost-at-exit',
    `${count} spans were still waiting in the queue of ${exporter} when ${how}, and are lost.`,
    'Give the end of the process time to deliver them: PRETRACE_EXIT_TIMEOUT=500, its default, or more. SIGKILL leaves none.',
    'Or await `flush()` of pretrace before the end.',
  )
}

export const neverExported: Rule = ({ ended, reports }) => {
  const application = applicationAmong(reports)
  const { started = 0, finished = 0 } = application?.traced ?? {}
  if (ended === undefined || started <= finished) return []
  return [
    problem(
      'unfinished-spans',
      `${started - finished} spans had not finished when the process ended, and were not sent.`,
      'The process ended in the midst of requests: let it end them first.',
    ),
  ]
}

function eachLoss(
  examination: Examination,
  reason: keyof ExporterReport['dropped'],
  judge: (count: number, exporter: ExporterReport) => Finding | undefined,
): Finding[] {
  const exporters = tracedOf(examination)?.exporters ?? []
  return exporters.flatMap((exporter) => {
    const count = exporter.dropped[reason]
    const finding = count > 0 ? judge(count, exporter) : undefined
    return finding === undefined ? [] : [finding]
  })
}

function lostOf({ dropped }: ExporterReport): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0)
}

function capital(text: string): string {
  return text === 'otlp' ? 'OTLP' : text.charAt(0).toUpperCase() + text.slice(1)
}
