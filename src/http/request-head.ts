/**
 * The head of an HTTP/1.1 request (RFC 9112).
 */

const NOT_IN_A_TARGET = /[^\x21-\xff]/
const NOT_IN_A_HEADER = /[^\t\x20-\x7e\x80-\xff]/

/**
 * @param target a path, a whole address, or an authority
 * @throws TypeError where there is a character in it that HTTP forbids
 */
export function requestHead(method: string, target: string, headers: Readonly<Record<string, string>>): string {
  if (NOT_IN_A_TARGET.test(target)) throw new TypeError('its path has a character that no request can have')
  let head = `${method} ${target} HTTP/1.1\r\n`
  for (const [name, value] of Object.entries(headers)) {
    if (NOT_IN_A_HEADER.test(value)) throw new TypeError(`its header ${name} has a character that none can have`)
    head += `${name}: ${value}\r\n`
  }
  return `${head}\r\n`
}
