/**
 * Files that cannot be written to. A full disk is a file system of its own in memory, which needs root; where that is
 * not to be had, /dev/full stands in, which never gets better.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Trouble } from './troubles.js'

const SIZE = 64 << 20

interface Line {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly spanId: string }[] }[]
  }[]
}

const exporting = (path: string): Record<string, string> => ({
  OTEL_TRACES_EXPORTER: 'otlp_file',
  PRETRACE_FILE: path,
})

export async function fullDisk(): Promise<Trouble> {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-full-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder])
  if (status !== 0) return devFull(folder)
  const file = join(folder, 'spans.jsonl')
  const filler = join(folder, 'filler')
  return {
    env: exporting(file),
    begin() {
      for (let chunk = SIZE; chunk >= 1; chunk >>= 1) {
        try {
          writeFileSync(filler, Buffer.alloc(chunk), { flag: 'a' })
        } catch {
          // As much as there was room for has been written; the rest is for smaller ones.
        }
      }
    },
    end: () => rmSync(filler),
    taken: () => spanIds(file),
    async stop() {
      spawnSync('umount', [folder])
      rmSync(folder, { recursive: true })
    },
  }
}

function devFull(folder: string): Trouble {
  return {
    env: exporting('/dev/full'),
    begin: () => undefined,
    end: undefined,
    why: 'no file system could be mounted: /dev/full, full from the start and for good',
    taken: () => [],
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

/** The folder goes away and comes back: permissions would not stop root. */
export async function missingFolder(): Promise<Trouble> {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-missing-'))
  const [inner, aside] = [join(folder, 'inner'), join(folder, 'aside')]
  mkdirSync(inner)
  const file = join(inner, 'spans.jsonl')
  return {
    env: exporting(file),
    begin: () => renameSync(inner, aside),
    end: () => renameSync(aside, inner),
    taken: () => spanIds(file),
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

/** Each line must be whole. */
function spanIds(file: string): string[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.flatMap((line) =>
    (JSON.parse(line) as Line).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)),
    ),
  )
}
