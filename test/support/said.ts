/**
 * What pretrace says on stderr.
 */
import { mock } from 'node:test'

const STDERR = 2

/** The lines that were said while `use` ran, which may look at those there are. */
export async function said(use: (lines: readonly string[]) => Promise<void>): Promise<string[]> {
  const fs = require('node:fs') as typeof import('node:fs')
  const { writeSync } = fs
  const lines: string[] = []
  const written = mock.method(fs, 'writeSync', (fd: number, ...rest: [never]) => {
    if (fd !== STDERR) return writeSync(fd, ...rest)
    return lines.push(String(rest[0]))
  })
  try {
    await use(lines)
    return lines
  } finally {
    written.mock.restore()
  }
}
