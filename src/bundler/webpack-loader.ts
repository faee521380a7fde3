/**
 * webpack has a source changed by a loader, which is a file.
 */
import { traceable } from './traceable.js'

interface LoaderContext {
  readonly resourcePath: string
  callback(error: null, source: string, map: unknown): void
}

function loader(this: LoaderContext, source: string, map: unknown): void {
  this.callback(null, traceable(this.resourcePath, source) ?? source, map)
}

module.exports = loader
