/**
 * Every instrumentation, a line each. Nothing is loaded until its library is.
 */
import type { Listed } from '../src/hooks/loader.js'

export const instrumentations: readonly Listed[] = [
  { name: 'http', modules: ['http', 'https'], load: () => (require('./http.js') as typeof import('./http.js')).http },
  {
    name: 'express',
    modules: ['express', 'router'],
    load: () => (require('./express.js') as typeof import('./express.js')).express,
  },
]
