/**
 * What else in a process may keep spans from coming out right: other tracers, and libraries that came before the preload.
 * What is found is said once, with the way to learn more; the doctor asks the same functions.
 */
import { statSync } from 'node:fs'
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import { packageOf } from './package-of.js'

/**
 * Tracers that patch, by the names of the packages that do: where two of them patch, each request has two spans. An
 * OpenTelemetry SDK that makes spans of the application's own alone is none of them; see bridge/.
 */
export const otherTracers: ReadonlyMap<string, string> = new Map([
  ['dd-trace', 'Datadog'],
  ['newrelic', 'New Relic'],
  ['elastic-apm-node', 'Elastic APM'],
  ['@opentelemetry/instrumentation', 'OpenTelemetry'],
  ['@instana/core', 'Instana'],
  ['@google-cloud/trace-agent', 'Google Cloud Trace'],
  ['aws-xray-sdk-core', 'AWS X-Ray'],
  ['appdynamics', 'AppDynamics'],
  ['skywalking-backend-js', 'SkyWalking'],
  ['signalfx-tracing', 'SignalFx'],
])

/** What to say of another tracer's package. */
export function otherTracerLine(name: string): string {
  return `${name} (${otherTracers.get(name)}) traces this process too, so that there are two spans of everything: keep one; see pretrace doctor`
}

/** Why a library that was loaded before the preload is not traced: whoever holds it holds it unpatched. */
export const LOADED_BEFORE = 'it was loaded before pretrace/register, which has to come first; see pretrace doctor'

/** Says that another tracer's package is being loaded. */
export function noteOtherTracer(name: string): void {
  if (ledger.otherTracers.includes(name)) return
  ledger.otherTracers.push(name)
  warnOnce(`tracer:${name}`, otherTracerLine(name))
}

/**
 * The packages that loaded files belong to, with the folders in which these are installed.
 *
 * @param files such as the keys of `require.cache`
 */
export function packagesAmong(
  files: Iterable<string>,
  isWanted: (name: string) => boolean,
): Map<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const path of files) {
    const file = packageOf(path)
    if (file === undefined || !isWanted(file.name)) continue
    const folders = found.get(file.name)
    if (folders === undefined) found.set(file.name, new Set([file.folder]))
    else folders.add(file.folder)
  }
  return found
}

/** Bytes. Express alone is more, minified; what is smaller need not be read. */
const SMALLEST_BUNDLE = 100_000

/**
 * Says which libraries the program has in it, where no file of theirs will ever be loaded and patched.
 *
 * @param program the file that is run
 * @param libraries with a text by which each is known
 */
export function noteBundle(
  program: string | undefined,
  libraries: readonly { readonly name: string; readonly sign?: string }[],
): void {
  if (!program || sizeOf(program) < SMALLEST_BUNDLE) return
  const { bundledIn, bundledLine } = require('./bundled.js') as typeof import('./bundled.js')
  const names = bundledIn(program, libraries)
  if (names.length > 0) warnOnce('bundled', bundledLine(program, names))
}

/** 0 for what is not there, or not to be looked at. */
function sizeOf(file: string): number {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0
  } catch {
    return 0
  }
}
