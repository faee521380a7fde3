/**
 * `pretrace demo`: HotROD with the viewer. Its databases come out of development packages, so it runs in a clone of the
 * repository; an installed package says how to get there.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Input } from './command.js'
import { endAs, endOf, forwardSignals, start } from './child.js'

const SCRIPT = join(__dirname, '..', '..', '..', 'scripts', 'demo.js')

export const demo: Command = {
  name: 'demo',
  summary: 'HotROD: four services, a ride through them, and the viewer',
  usage: '[options]',
  about: ['Runs in a clone of the repository: PostgreSQL and Redis come out of its development packages.'],
  options: {
    once: { type: 'boolean', help: 'print the trace of one ride and end' },
    json: { type: 'string', value: 'file', help: 'write that trace’s spans into a file too' },
    port: { type: 'string', short: 'p', value: 'port', help: 'the viewer’s port; 0 for any that is free' },
  },
  run: ride,
}

async function ride({ values }: Input): Promise<number> {
  if (!existsSync(SCRIPT)) {
    process.stderr.write(
      'pretrace: the demo brings databases that are not published: clone the repository and run `npm run demo`; to see your own application, `npx pretrace run app.js`\n',
    )
    return 1
  }
  const args = Object.entries(values).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  )
  const child = await start(
    { command: process.execPath, args: [SCRIPT, ...args] },
    { env: process.env, stdio: 'inherit' },
  )
  const ended = endOf(child)
  const stopForwarding = forwardSignals(child)
  const end = await ended
  stopForwarding()
  return endAs(end)
}
