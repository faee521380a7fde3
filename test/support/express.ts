/**
 * The versions of Express that every test of it runs against.
 */
import { libraries } from './run.js'

export const expressVersions = [
  { title: 'express 5', cwd: libraries('current'), major: 5 },
  { title: 'express 4', cwd: libraries('express-4'), major: 4 },
] as const

/** Asks for spans of middleware. */
export const WITH_MIDDLEWARE = { PRETRACE_EXPRESS_MIDDLEWARE: 'true' }
