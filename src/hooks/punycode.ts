/**
 * `punycode` says that it is deprecated, unless a package asks for it: that it tells by the stack, of which it looks at ten
 * frames. With ours among them it would say so of packages or, as this is one, not say so of the application.
 */
import { packageOf } from './package-of.js'

const WARNING = 'The `punycode` module is deprecated. Please use a userland alternative instead.'
/** The first Node in which it says anything. */
const SINCE = 21

/**
 * Has `load` load it, for the first time.
 *
 * @param required the function by which it is asked for
 */
export function loadPunycode(load: () => unknown, required: Function): unknown {
  const isToSay = Number.parseInt(process.versions.node, 10) >= SINCE && packageOf(callerOf(required)) === undefined
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
    if (isToSay) process.emitWarning(WARNING, 'DeprecationWarning', 'DEP0040')
  }
}

/** The file that the function nearest above `required` stands in, Node's own aside. */
function callerOf(required: Function): string {
  const before = Object.getOwnPropertyDescriptors(Error)
  const holder: { stack?: readonly NodeJS.CallSite[] } = {}
  try {
    Object.assign(Error, { stackTraceLimit: 10, prepareStackTrace: (_: Error, sites: NodeJS.CallSite[]) => sites })
    Error.captureStackTrace(holder, required)
    const files = holder.stack?.map((site) => site.getFileName() ?? '') ?? []
    return files.find((file) => !file.startsWith('node:')) ?? ''
  } finally {
    if (before.prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    Object.defineProperties(Error, before)
  }
}
