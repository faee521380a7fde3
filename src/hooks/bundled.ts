/**
 * Libraries that a bundler has put into an application's own file, where no hook of `require` sees them.
 */
import { readFileSync, statSync } from 'node:fs'

/** Larger files are not looked at, bytes. */
const LARGEST = 32 * 1024 * 1024

/** Texts that a library keeps when it is minified: what it throws. */
const MARKS: Readonly<Record<string, string>> = {
  express: 'Failed to lookup view',
  pg: 'Client was closed and is not queryable',
  '@redis/client': 'Socket already opened',
  ioredis: 'Redis is already connecting/connected',
  undici: 'UND_ERR_CONNECT_TIMEOUT',
}

/** Which of the libraries that we trace are part of this source. */
export function bundledIn(source: string): string[] {
  return Object.entries(MARKS)
    .filter(([, mark]) => source.includes(mark))
    .map(([module]) => module)
}

/** As above, of a file; none where it cannot be read. */
export function bundledInFile(file: string): string[] {
  try {
    return statSync(file).size > LARGEST ? [] : bundledIn(readFileSync(file, 'utf8'))
  } catch {
    return []
  }
}
