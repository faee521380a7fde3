/**
 * Whether the application ran, and pretrace in it from the start.
 */
import type { Report } from '../../doctor/report.js'
import { applicationAmong, isLauncher } from './examination.js'
import { note, PRELOADING, problem, type Rule } from './finding.js'

const OLDEST = { major: 18, minor: 19 }

export const notStarted: Rule = ({ startError }) =>
  startError === undefined ? [] : [problem('not-started', `The application was not started: ${startError}.`)]

export const noReport: Rule = ({ command, startError, reports }) => {
  if (command === undefined || startError !== undefined || applicationAmong(reports) !== undefined) return []
  const launcher = reports.find(isLauncher)
  const title =
    launcher === undefined
      ? 'No Node process was reached: NODE_OPTIONS has been lost on the way, or the command starts none.'
      : 'The launcher was reached, but not the application that it starts: NODE_OPTIONS has been lost on the way.'
  return [
    problem(
      'preload-lost',
      title,
      'Something between the command and the application replaces the environment: `NODE_OPTIONS=… node`, `env -i`, `sudo`, a wrapper script, a container of its own.',
      'There, let NODE_OPTIONS through, or name the preload where node is started: `node -r pretrace/register app.js`.',
    ),
  ]
}

/** What keeps the preload from tracing: then nothing else is worth a look. */
export const noPreload: Rule = (examination) => {
  const application = applicationAmong(examination.reports)
  if (application === undefined || application.traced !== undefined) return []
  const { node, off, script = 'the application' } = application
  if (isTooOld(node)) {
    return [
      problem(
        'node-too-old',
        `Node ${node} is older than ${OLDEST.major}.${OLDEST.minor}, the oldest that pretrace supports.`,
        'Run the application with a newer Node; the long-term releases 20, 22 and 24 will do.',
      ),
    ]
  }
  if (off !== undefined) {
    return [
      problem(
        'switched-off',
        `${off}=true switches pretrace off: nothing is traced.`,
        `Unset ${off}, or set it to false.`,
      ),
    ]
  }
  return [problem('preload-missing', `pretrace is not loaded into ${script}.`, ...PRELOADING)]
}

export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)
}

export const preloadedLate: Rule = ({ reports, isScript }) => {
  const application = applicationAmong(reports)
  const by = application?.traced?.preload.by
  if (by === 'application') {
    const isTooLate = application?.traced?.libraries.some(({ outcome }) => outcome === 'early') === true
    return [
      (isTooLate ? problem : note)(
        'preloaded-late',
        'The application itself loads pretrace/register, where other modules may have been loaded already.',
        'Remove that `require` or `import`; an ES module’s first one need not be the first that is loaded.',
        ...PRELOADING,
      ),
    ]
  }
  if (by !== 'doctor' || isScript) return []
  return [note('preload-added', 'The command does not load pretrace: the doctor had to.', ...PRELOADING)]
}

export const loadedEarly: Rule = ({ reports }) => {
  const application = applicationAmong(reports)
  const early = application?.traced?.libraries.filter(({ outcome }) => outcome === 'early') ?? []
  if (early.length === 0) return []
  const names = early.map(({ module, version }) => `${module} ${version ?? ''}`.trim()).join(', ')
  return [
    problem(
      'loaded-early',
      `Loaded before pretrace, and not traced: ${names}.`,
      ...placeOf(application as Report),
      'Make pretrace/register the first file that is loaded.',
    ),
  ]
}

/** What was loaded before us by the command line. */
function placeOf({ preloads }: Report): string[] {
  const others = preloads.filter((name) => !/register(\.js)?$/.test(name))
  return others.length === 0
    ? []
    : [`The command line has Node load ${others.join(', ')} as well: after pretrace, please.`]
}

export const otherTracer: Rule = (examination) => {
  const tracers = applicationAmong(examination.reports)?.traced?.tracers ?? []
  return tracers.map((name) =>
    problem(
      'other-tracer',
      `Another tracer is in the process: ${name}.`,
      'Both trace the same requests and write the same headers, and their spans are in different traces.',
      'Keep one of them: remove the other’s preload or set-up (docs/MIGRATION.md).',
    ),
  )
}

export const endedByItself: Rule = ({ ended, command }) => {
  if (ended === undefined || (ended.code === 0 && ended.signal === null)) return []
  const how = ended.signal === null ? `exit code ${ended.code}` : ended.signal
  return [note('application-failed', `\`${command}\` has ended with ${how}; its own output says why.`)]
}
