/**
 * Patterns of paths and names, as people and frameworks write them.
 */

const SPECIAL = /[\\^$.+?()[\]{}|]/g
/** `:id` of Express, `{id}` of Hapi and OpenAPI. */
const PARAMETER = /:\w+|\{\w+\}/g
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

/** A name in which `*` stands for any text. */
export function namePattern(pattern: string): RegExp {
  return new RegExp(`^${anyText(pattern)}$`, 's')
}

/**
 * A path in which `*` stands for any text, `:id` and `{id}` for one segment, and a final `/*` for everything below, the
 * path itself included.
 */
export function pathPattern(pattern: string): RegExp {
  const isTree = pattern.endsWith('/*')
  const parts = (isTree ? pattern.slice(0, -2) : pattern).split(PARAMETER)
  return new RegExp(`^${parts.map(anyText).join('[^/]+')}${isTree ? '(/.*)?' : ''}$`, 's')
}

function anyText(text: string): string {
  return text.replace(SPECIAL, '\\$&').replaceAll('*', '.*')
}

/** The path of a request's target, without its query and without the origin that a proxy is sent. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(ORIGIN, '')
  const end = path.search(/[?#]/)
  return (end === -1 ? path : path.slice(0, end)) || '/'
}
