/**
 * The file in which all that arrives is kept: lines of OTLP JSON, that any collector reads too. A full one is put aside, the
 * one put aside before goes.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { AppendFile } from '../../src/export/append-file.js'
import { messageOf, warnOnce } from '../../src/log.js'
import { otlpLine } from './formats/otlp-line.js'
import type { Arrivals } from './store/kept.js'

/** Bytes of a file; two of them there may be. */
const MOST_BYTES = 100_000_000
/** Characters that may wait to be written. */
const MOST_WAITING = 64_000_000

export class Journal {
  private readonly file: AppendFile
  private waiting: string[] = []
  private length = 0
  private writing: Promise<void> | undefined

  constructor(path: string, mostBytes = MOST_BYTES) {
    this.file = new AppendFile(path, { maxSize: mostBytes, keep: 1 })
  }

  get path(): string {
    return this.file.path
  }

  /** Calls `take` for each line that was written before, the oldest first. */
  async read(take: (line: string) => void): Promise<void> {
    for (const path of [`${this.path}.1`, this.path]) {
      if ((await stat(path).catch(() => undefined)) === undefined) continue
      for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
        if (line !== '') take(line)
      }
    }
  }

  /** Resolves when they have been written, or cannot be. */
  async write({ spans }: Arrivals): Promise<void> {
    if (spans.length === 0) return
    if (this.length > MOST_WAITING) {
      warnOnce('viewer:file', `viewer: ${this.path} cannot be written as fast as spans arrive; some are missing in it`)
      return
    }
    const line = otlpLine(spans)
    this.waiting.push(line)
    this.length += line.length
    this.writing ??= this.flush().finally(() => (this.writing = undefined))
    await this.writing
  }

  /** Resolves when all has been written, or cannot be. */
  async close(): Promise<void> {
    await this.writing
  }

  private async flush(): Promise<void> {
    // Whatever else arrives in this turn goes with it.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.waiting.length > 0) {
      const chunk = Buffer.from(this.waiting.join(''))
      this.waiting = []
      this.length = 0
      try {
        await this.file.append(chunk).done
      } catch (error) {
        warnOnce('viewer:file', `viewer: ${this.path} cannot be written: ${messageOf(error)}`)
      }
    }
  }
}
