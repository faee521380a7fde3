/**
 * Has a viewer listen, on a port that is free unless somebody wants a certain one.
 */
import type { Viewer, ViewerOptions } from '../../viewer/server/options.js'

/** Starts the viewer; where its usual port is taken, on another. */
export async function startAnywhere(options: ViewerOptions): Promise<Viewer> {
  const { startViewer } = require('../../viewer/server/index.js') as typeof import('../../viewer/server/index.js')
  try {
    return await startViewer(options)
  } catch (error) {
    if (options.port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw told(error)
    return startViewer({ ...options, port: 0 })
  }
}

/** The errors of `listen` in plain words. */
function told(error: unknown): unknown {
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  if (code === 'EADDRINUSE')
    return new Error(`port ${port} is taken by another process; --port 0 takes any that is free`)
  if (code === 'EACCES') return new Error(`port ${port} is not for everybody; those from 1024 on are`)
  if (code === 'EADDRNOTAVAIL') return new Error(`this machine has no address ${address}`)
  return error
}
