/**
 * Every instrumentation, a line each. Nothing is loaded until its library is.
 */
import type { Listed } from '../src/hooks/loader.js'

export const instrumentations: readonly Listed[] = [
  { name: 'http', modules: ['http', 'https'], load: () => (require('./http.js') as typeof import('./http.js')).http },
  {
    name: 'fetch',
    aliases: ['undici'],
    modules: ['undici'],
    channels: ['undici:request:create'],
    load: () => (require('./fetch.js') as typeof import('./fetch.js')).fetch,
  },
]
