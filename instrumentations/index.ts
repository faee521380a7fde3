/**
 * Every instrumentation, a line each. Nothing is loaded until its library is.
 */
import type { Listed } from '../src/hooks/loader.js'
import type { Instrumentation } from '../src/instrumentation.js'

export const instrumentations: readonly Listed[] = [
  listed('http', ['http', 'https']),
  listed('http2', ['http2']),
  listed('express', ['express', 'router'], { sign: 'trust proxy fn' }),
  listed('fetch', ['undici'], { aliases: ['undici'], channels: ['undici:request:create'] }),
  listed('pg', ['pg', 'pg-pool'], { sign: 'You cannot reuse a client.' }),
  listed('redis', ['redis', '@redis/client', '@node-redis/client'], { sign: 'Socket already opened' }),
  listed('ioredis', ['ioredis'], { sign: 'Unhandled error event:' }),
  listed('child_process', ['child_process'], {
    load: () => (require('./child-process.js') as typeof import('./child-process.js')).childProcess,
  }),
]

/** An instrumentation stands in the file of its name, under its name. */
function listed(name: string, modules: readonly string[], more: Partial<Listed> = {}): Listed {
  const load = (): Instrumentation =>
    (require(`./${name}.js`) as Record<string, Instrumentation>)[name] as Instrumentation
  return { name, modules, load, ...more }
}
