/**
 * Who this process is and how it was started, as the doctor wants to know it.
 */
import type { Basics, PreloadedBy } from './report.js'

/** Flags of Node that name a file to load first. */
const PRELOADING = /^(-r|--require|--import|--loader|--experimental-loader)(?:=(.*))?$/s
/** Our preload, or what somebody has called it. */
const OURS = /(^|[\\/])pretrace[\\/]register(\.js)?$|(^|[\\/])pretrace[\\/].*[\\/]register\.js$/

/** No arguments of the program: they hold passwords more often than one would think. */
export function basics(): Basics {
  const { env, execArgv, argv } = process
  return {
    pid: process.pid,
    ppid: process.ppid,
    node: process.versions.node,
    startedAt: Math.round(performance.timeOrigin),
    script: argv[1],
    cwd: process.cwd(),
    nodeOptions: env['NODE_OPTIONS'],
    preloads: preloadsIn(execArgv),
    off: ['OTEL_SDK_DISABLED', 'JAEGER_DISABLED'].find((name) => env[name]?.trim().toLowerCase() === 'true'),
  }
}

/** The files that these arguments of Node have loaded first, in their order. */
export function preloadsIn(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const match = PRELOADING.exec(arg)
    if (match === null) return []
    return [match[2] ?? args[index + 1] ?? '']
  })
}

let isAddedByDoctor = false

/** Nobody but the doctor had our preload loaded. */
export function markAddedByDoctor(): void {
  isAddedByDoctor = true
}

/** Who had `file` loaded, or is going to. */
export function preloadedBy(file: string): PreloadedBy {
  const isOurs = (name: string): boolean => OURS.test(name) || name === file || `${name}.js` === file
  if (preloadsIn(process.execArgv).some((name) => isOurs(name) || resolvesTo(name, file))) return 'command line'
  if (isAddedByDoctor) return 'doctor'
  const options = (process.env['NODE_OPTIONS'] ?? '').split(/[\s"]+/)
  return preloadsIn(options).some((name) => isOurs(name)) ? 'NODE_OPTIONS' : 'application'
}

function resolvesTo(name: string, file: string): boolean {
  try {
    return require.resolve(name, { paths: [process.cwd()] }) === file
  } catch {
    return false
  }
}
