/**
 * A chunk on its way to the end of a file. Node's thread pool writes it, and completes what it has begun where a process
 * exits; but a signal ends the pool's threads too. Whether a chunk is in the file is then read off the file.
 */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

export class Appending {
  /** Rejects where the chunk cannot be written; then nothing of it stands in the file. */
  readonly done: Promise<void>
  private readonly path: string
  private readonly chunk: Uint8Array
  /** The file as it was when the chunk was handed to the thread pool. */
  private before: Stats | undefined
  private isAbandoned = false

  /**
   * @param path of the file
   * @param open opens it for appending
   */
  constructor(path: string, chunk: Uint8Array, open: () => Promise<FileHandle>) {
    this.path = path
    this.chunk = chunk
    this.done = this.write(open)
  }

  /** The thread pool has it, and will write it unless the process is killed. */
  get isHandedOver(): boolean {
    return this.before !== undefined
  }

  /** A chunk that is not handed over yet is not written any more. */
  abandon(): void {
    this.isAbandoned = true
  }

  /** Whether the chunk, having been handed over, is in the file; undefined where that will never be seen. */
  isThere(): boolean | undefined {
    const { before } = this
    if (before?.isFile() !== true) return undefined
    let fd: number | undefined
    try {
      fd = openSync(this.path, 'r')
      const { ino, dev, size } = fstatSync(fd)
      // It may have been moved since.
      if (ino !== before.ino || dev !== before.dev) return undefined
      return read(fd, before.size, size).indexOf(this.chunk) !== -1
    } catch {
      return undefined
    } finally {
      if (fd !== undefined) closeSync(fd)
    }
  }

  private async write(open: () => Promise<FileHandle>): Promise<void> {
    const file = await open()
    try {
      const before = await file.stat()
      if (this.isAbandoned) return
      this.before = before
      await writeAll(file, this.chunk, before.size)
    } finally {
      await file.close()
    }
  }
}

/** What stands from `start` up to `end`, or as much of it as there is. */
function read(fd: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, end - start))
  let length = 0
  for (let more = -1; more !== 0; length += more)
    more = readSync(fd, bytes, length, bytes.length - length, start + length)
  return bytes.subarray(0, length)
}

async function writeAll(file: FileHandle, chunk: Uint8Array, before: number): Promise<void> {
  let written = 0
  try {
    while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten
  } catch (error) {
    // The disk is full: half a line would spoil the next one, unless somebody else has written behind it already.
    if (written > 0 && (await file.stat()).size === before + written) await file.truncate(before)
    throw error
  }
}
