/**
 * The doctor's report for people.
 */
import type { ExporterReport, LibraryReport, Report, SpanCount, Traced } from '../../doctor/report.js'
import { painted, plain, type Paint } from '../../export/tree-style.js'
import { escape } from '../../export/tree-text.js'
import { applicationAmong, isLauncher, type Examination, type Probe, type Setting } from './examination.js'
import type { Verdict } from './judge.js'

const INDENT = '  '
/** Shown even where they have their defaults. */
const ALWAYS = new Set(['OTEL_SERVICE_NAME', 'OTEL_TRACES_EXPORTER', 'OTEL_TRACES_SAMPLER', 'OTEL_PROPAGATORS'])

export function reportLines(examination: Examination, verdict: Verdict, isColoured: boolean): string[] {
  const paint = isColoured ? painted : plain
  const application = applicationAmong(examination.reports)
  const traced = application?.traced
  return [
    ...(application === undefined ? [] : [...processLines(application, examination), '']),
    ...(traced === undefined ? [] : [...section('Libraries', libraryRows(traced), paint), '']),
    ...section('Variables', variableRows(examination.settings), paint),
    '',
    ...(traced === undefined ? [] : [...section('Headers of a request', sampleRows(traced), paint), '']),
    ...section('Exporters', exporterRows(examination.probes, traced), paint),
    '',
    ...verdictLines(verdict, paint),
  ].map(escape_)
}

/** What is told comes from environments and files: nothing of it may move the cursor. */
function escape_(line: string): string {
  return line
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : escape(part)))
    .join('')
}

// eslint-disable-next-line no-control-regex -- the colours that we have set
const COLOUR = /(\u001b\[\d+m)/

type Row = readonly string[]

function section(title: string, rows: readonly Row[], paint: Paint): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(INDENT))
  return [paint('bold', title), ...lines.map((line) => `${INDENT}${line.trimEnd()}`)]
}

function processLines(application: Report, { reports, watched, command }: Examination): string[] {
  const { node, pid, script, traced, ports } = application
  const kind = traced?.isEsModule === true ? 'ES module' : 'CommonJS'
  const others = reports.length - 1
  const launchers = reports.filter(isLauncher).length
  return [
    [
      command ?? script ?? 'a process',
      `Node ${node}`,
      ...(traced === undefined ? [] : [kind, `service ${traced.service}`]),
      `process ${pid}`,
      ...(ports.length > 0 ? [`listens on ${ports.join(', ')}`] : []),
      ...(watched > 0 ? [`watched for ${(watched / 1000).toFixed(1)} s`] : []),
    ].join(' · '),
    ...(traced === undefined
      ? []
      : [`pretrace ${traced.version}, loaded by ${BY[traced.preload.by]}: ${traced.preload.file}`]),
    ...(others > 0
      ? [`${others} more ${others === 1 ? 'process' : 'processes'} reported, ${launchers} of them launchers`]
      : []),
  ]
}

const BY = {
  'command line': 'the command line',
  NODE_OPTIONS: 'NODE_OPTIONS',
  application: 'the application itself',
  doctor: 'the doctor',
} as const

/** An instrumentation's spans stand with the first of its libraries. */
function libraryRows({ libraries, spans }: Traced): Row[] {
  const left = new Map(Object.entries(spans))
  const rows = libraries.map((library) => {
    const { instrumentation = '' } = library
    const count = left.get(instrumentation)
    left.delete(instrumentation)
    return [...libraryRow(library), count === undefined ? '' : countOf(count), placeOf(library)]
  })
  const others = [...left].map(([name, count]) => ['✓', name || 'the application', '', countOf(count), ''])
  return rows.length + others.length === 0 ? [['none was loaded']] : [...rows, ...others]
}

function placeOf({ folder = 'Node’s own' }: LibraryReport): string {
  return folder
}

function libraryRow({ module, version = '', outcome, seams, why, instrumentation }: LibraryReport): Row {
  const isFine = outcome === 'patched' || outcome === 'aside'
  const what = {
    patched: `patched: ${seams.map(nameOfSeam).join(', ')}${why === undefined ? '' : ` (but: ${why})`}`,
    refused: `not traced: ${why ?? ''}`,
    early: 'not traced: loaded before the preload',
    disabled: `not traced: ${instrumentation} is switched off`,
    unseen: 'not traced: loaded unseen',
    bundled: 'not traced: part of a bundle',
    aside: `by way of ${instrumentation}’s other packages`,
    foreign: 'no instrumentation',
  }[outcome]
  return [isFine ? '✓' : outcome === 'foreign' ? '·' : '✗', `${module} ${version}`.trim(), what]
}

function nameOfSeam(file: string): string {
  return file === '.' ? 'main module' : file
}

function countOf({ spans, withoutParent }: SpanCount): string {
  const count = spans === 1 ? '1 span' : `${spans} spans`
  return `${count}, ${withoutParent === 0 ? 'all with a parent' : `${withoutParent} without a parent`}`
}

function variableRows(settings: readonly Setting[]): Row[] {
  const shown = settings.filter(({ name, state }) => state !== 'default' || ALWAYS.has(name))
  return shown.map(({ name, text, isSecret, state, effective, source, problem }) => [
    name,
    state === 'default' ? (effective ?? '') : (text ?? (isSecret ? '(hidden)' : '')),
    source,
    EFFECT[state] ?? problem ?? '',
  ])
}

const EFFECT: Readonly<Record<string, string>> = { default: '', used: 'used', foreign: 'not for pretrace' }

function sampleRows({ sample, propagators }: Traced): Row[] {
  if (sample.length === 0) return [[`none: OTEL_PROPAGATORS is ${propagators.join(',') || 'none'}`]]
  return sample.map(([name, value]) => [`${name}:`, value])
}

function exporterRows(probes: readonly Probe[], traced: Traced | undefined): Row[] {
  if (probes.length === 0) return [['none']]
  return probes.map((probe) => {
    const counted = traced?.exporters.find(({ name }) => name === probe.exporter)
    return [probe.exporter, probe.target, answerOf(probe), counted === undefined ? '' : deliveryOf(counted)]
  })
}

function answerOf({ isFine, why }: Probe): string {
  if (isFine === undefined) return why ?? 'nobody answers over UDP'
  return isFine ? 'answers' : (why ?? 'does not answer')
}

function deliveryOf({ exported, waiting, dropped }: ExporterReport): string {
  const lost = Object.entries(dropped).filter(([, count]) => count > 0)
  const words = [
    `${exported} exported`,
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...lost.map(([reason, count]) => `${count} lost (${reason})`),
  ]
  return words.join(', ')
}

function verdictLines({ isHealthy, findings }: Verdict, paint: Paint): string[] {
  const problems = findings.filter(({ level }) => level === 'problem')
  const notes = findings.filter(({ level }) => level === 'note')
  const head = isHealthy
    ? paint('green', 'Healthy.')
    : paint('red', `Not healthy: ${problems.length === 1 ? 'one thing' : `${problems.length} things`} to do.`)
  return [
    head,
    ...problems.flatMap(({ title, advice }, index) => [
      `${index + 1}. ${title}`,
      ...advice.map((line) => `   ${line}`),
    ]),
    ...notes.flatMap(({ title, advice }) => [`-  ${title}`, ...advice.map((line) => `   ${line}`)]),
  ]
}
