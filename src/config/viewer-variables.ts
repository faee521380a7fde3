/**
 * The variables of the embedded viewer.
 */
import { text, toggle, variable, type Type } from './types.js'

/** That of OTLP, and the one after it: a collector may be there too. */
const PORT = 4319
const HIGHEST_PORT = 65_535

/** On or off, or on at another port. */
const switchOrPort: Type<number | undefined> = {
  label: '`true` or `false`, or a port',
  parse(value, complain, env) {
    const port = /^\d{2,5}$/.test(value) ? Number(value) : NaN
    if (port <= HIGHEST_PORT && port > 0) return port
    const on = toggle.parse(value, () => complain('is neither true nor false nor a port'), env)
    return on === true ? PORT : undefined
  },
}

export const viewerVariables = {
  viewer: variable<number | undefined>({
    name: 'PRETRACE_VIEWER',
    type: switchOrPort,
    default: undefined,
    meaning:
      'Shows traces on a page of this machine, at http://127.0.0.1:4319 or the port given. The first process to come serves it from a thread of its own, those that follow send to it; no other exporter is used unless one is asked for.',
  }),
  viewerHost: variable<string | undefined>({
    name: 'PRETRACE_VIEWER_HOST',
    type: text,
    default: undefined,
    meaning: 'The address that the viewer listens on. Beyond `127.0.0.1` others can read the traces: it warns.',
  }),
  viewerFile: variable<string | undefined>({
    name: 'PRETRACE_VIEWER_FILE',
    type: text,
    default: undefined,
    meaning:
      'A file in which the viewer keeps what it gets, as OTLP JSON lines, and from which it reads it at its next start.',
  }),
}
