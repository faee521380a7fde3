/**
 * URLs as they are recorded. How to find secrets is loaded when there is a URL that may hold one.
 */
const LONGEST = 2048
/** What there is in a URL in which something has to be looked at: the `J` is that of `eyJ`, with which a web token begins. */
const NOT_PLAIN = /[#;?@J]/

/**
 * Hides user and password and the values of query parameters that may be secret; drops the fragment; cuts what is very
 * long. Works on absolute URLs and on `/path?query`.
 *
 * @param more further parameter names, lower-case
 */
export function redactUrl(url: string, more: readonly string[] = []): string {
  // One look at each character: a search for each of them would take longer, and so would a loop.
  if (url.length <= LONGEST && !NOT_PLAIN.test(url)) return url
  const { withoutSecrets } = require('./url-secrets.js') as typeof import('./url-secrets.js')
  return withoutSecrets(url, LONGEST, more)
}
