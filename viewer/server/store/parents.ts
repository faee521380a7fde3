/**
 * Whose child a span is, where that is not just what it says: Zipkin's two sides of a call share an id.
 */
import type { KeptSpan } from './kept.js'

export type ById = ReadonlyMap<string, KeptSpan>

/**
 * Zipkin lets the two sides of a call share one id; here each span has its own. The server's is the client's with its
 * first bit turned, so that whoever knows the one can look for the other.
 */
export function sharedId(id: string): string {
  return (parseInt(id[0] as string, 16) ^ 8).toString(16) + id.slice(1)
}

/** Whether a span had its parent's id until it got one of its own. */
export function wasShared({ id, parentId }: KeptSpan): boolean {
  return parentId !== undefined && id.charCodeAt(15) === parentId.charCodeAt(15) && id === sharedId(parentId)
}

/**
 * The id of a span's parent, or undefined for a root. The parent may not have arrived.
 *
 * @param hasShared whether any span of the trace {@link wasShared}
 */
export function parentIdOf(span: KeptSpan, byId: ById, hasShared: boolean): string | undefined {
  const { parentId, process } = span
  if (!hasShared || parentId === undefined) return parentId
  const parent = byId.get(parentId)
  if (parent?.process.service === process.service) return parentId
  // What a server did names the id that the server's span had before.
  const other = sharedId(parentId)
  const served = byId.get(other)
  const isMeant = served !== undefined && served !== span && served.parentId === parentId
  return isMeant && served.process.service === process.service ? other : parentId
}
