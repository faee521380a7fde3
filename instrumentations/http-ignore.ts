/**
 * Patterns of requests that are not traced. `*` stands for any text; a query counts only if the pattern has one.
 */
const SPECIAL = /[\\^$.+?()[\]{}|]/g
const SCHEME = '[a-z][a-z0-9+.-]*:\\/\\/'

const matchers = new Map<readonly string[], (url: string) => boolean>()

/** @returns whether a URL, or the path of one, is meant by one of the patterns; undefined where there are none */
export function matcher(patterns: readonly string[]): ((url: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined
  let matches = matchers.get(patterns)
  if (matches === undefined) {
    const pattern = new RegExp(`^(?:${patterns.map(source).join('|')})$`, 'is')
    matches = (url) => pattern.test(url)
    matchers.set(patterns, matches)
  }
  return matches
}

/** A path; a URL, without a path all of a host's; or a host, with a port or with any. */
function source(pattern: string): string {
  const text = pattern.replace(SPECIAL, '\\$&').replaceAll('*', '.*')
  const query = pattern.includes('?') ? '' : '(?:\\?.*)?'
  if (pattern.startsWith('/')) return `(?:${SCHEME}[^/?]*)?${text}${query}`
  const [scheme, rest = ''] = pattern.split('://')
  if (scheme !== pattern) return rest.includes('/') ? `${text}${query}` : `${text}(?:[/?].*)?`
  return `${SCHEME}${text}${/:[\d*]+$/.test(pattern) ? '' : '(?::\\d+)?'}(?:[/?].*)?`
}
