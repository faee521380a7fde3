/**
 * What pretrace says on stderr.
 */
import { mock } from 'node:test'

/** The lines that were said while `use` ran. */
export async function said(use: () => Promise<void>): Promise<string[]> {
  const fs = require('node:fs') as typeof import('node:fs')
  const written = mock.method(fs, 'writeSync', () => 0)
  try {
    await use()
    return written.mock.calls.map(({ arguments: [, text] }) => String(text))
  } finally {
    written.mock.restore()
  }
}
