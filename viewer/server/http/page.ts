/**
 * The files of the page.
 */
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'

const ROOT = join(__dirname, '..', '..', 'page')
const INDEX = 'index.html'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Nothing of another host, nothing in a frame, no script that is not the page's own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const FOREVER = 'public, max-age=31536000, immutable'
/** As Vite names what it has built. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/

/**
 * Answers with a file of the page, or with the page itself where a path has no file name in it: that is a state of the
 * page.
 *
 * @param path as it stands in the URL
 */
export async function servePage(path: string, res: ServerResponse, root = ROOT): Promise<void> {
  const file = fileOf(path, root)
  const body = file === undefined ? undefined : await readFile(file).catch(() => undefined)
  if (file === undefined || body === undefined) return missing(path, res)
  res.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': body.length,
    'cache-control': HASHED.test(path) ? FOREVER : 'no-cache',
    'content-security-policy': POLICY,
  })
  res.end(body)
}

/** The file that a path means; undefined where it leads out of the folder. */
function fileOf(path: string, root: string): string | undefined {
  let plain: string
  try {
    plain = decodeURIComponent(path)
  } catch {
    return undefined
  }
  if (plain.includes('\0') || plain.includes('\\') || plain.split('/').includes('..')) return undefined
  const file = join(root, extname(plain) === '' ? INDEX : plain)
  return file.startsWith(root + sep) ? file : undefined
}

function missing(path: string, res: ServerResponse): void {
  const isPage = extname(path) === ''
  res.writeHead(isPage ? 503 : 404, { 'content-type': 'text/plain; charset=utf-8' })
  res.end(
    isPage ? 'The page of the viewer has not been built; the API is at /api/status.\n' : 'There is no such file.\n',
  )
}
