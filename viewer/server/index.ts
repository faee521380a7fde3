/**
 * The viewer: takes spans in, keeps as many as fit, and shows them on a page of its own.
 */
import type { Viewer, ViewerOptions } from './options.js'

export { DEFAULT_PORT } from './options.js'
export type { Viewer, ViewerOptions } from './options.js'

/**
 * Starts a viewer.
 *
 * @throws where the port is taken or not allowed (the error of `listen`, with its `code`), or a file to be opened cannot be
 */
export function startViewer(_options: ViewerOptions = {}): Promise<Viewer> {
  return Promise.reject(new Error('not written yet'))
}
