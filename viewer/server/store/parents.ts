/**
 * Whose child a span is, where that is not just what it says: Zipkin's two sides of a call share an id.
 */
import { sharedId } from '../formats/zipkin.js'
import type { KeptSpan } from './kept.js'

export type ById = ReadonlyMap<string, KeptSpan>

/** The id of a span's parent, or undefined for a root. The parent may not have arrived. */
export function parentIdOf(span: KeptSpan, byId: ById): string | undefined {
  const { parentId, process } = span
  if (parentId === undefined) return undefined
  const parent = byId.get(parentId)
  if (parent?.process.service === process.service) return parentId
  // What a server did names the id that the server's span had before ours took another one.
  const other = sharedId(parentId)
  const served = byId.get(other)
  const isShared = served !== undefined && served !== span && served.parentId === parentId
  return isShared && served.process.service === process.service ? other : parentId
}
