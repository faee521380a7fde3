/**
 * A file to which whole chunks are appended. It is opened anew for each of them, so that it may be moved or deleted, and
 * so that several processes may write to one: a chunk is one write behind the end of the file, which the operating
 * system lets nobody interrupt.
 */
import { closeSync, fstatSync, ftruncateSync, linkSync, openSync, renameSync } from 'node:fs'
import { appendFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Appending } from './appending.js'

export interface FileBounds {
  /** Bytes. */
  readonly maxSize: number
  /** How many full files are kept beside the current one; undefined: when the file is full, that is all there will be. */
  readonly keep?: number
  /** What a new file begins with. */
  readonly opening?: string
}

export class AppendFile {
  readonly path: string
  private readonly bounds: FileBounds

  constructor(path: string, bounds: FileBounds) {
    this.path = absolute(path.replaceAll('%p', String(process.pid)))
    this.bounds = bounds
  }

  /** Appends a chunk. What becomes of it is told by what is returned. */
  append(chunk: Uint8Array): Appending {
    return new Appending(this.path, chunk, async () => {
      this.makeRoom(chunk.length)
      return open(this.path, 'a')
    })
  }

  /** As {@link append}, at once. A full file is not put aside any more. */
  appendSync(chunk: Uint8Array): void {
    const { opening, keep } = this.bounds
    const size = sizeOf(this.path)
    if (size === 0 && opening !== undefined) begin(this.path, opening)
    if (keep === undefined) this.checkRoom(size, chunk.length)
    const fd = openSync(this.path, 'a')
    try {
      writeAllSync(fd, chunk)
    } finally {
      closeSync(fd)
    }
  }

  /** A few calls about names, once a chunk: what blocks is writing, and that is done elsewhere. */
  private makeRoom(length: number): void {
    const { maxSize, keep, opening } = this.bounds
    const size = sizeOf(this.path)
    if (size === 0 && opening !== undefined) begin(this.path, opening)
    if (keep === undefined) this.checkRoom(size, length)
    else if (size > 0 && size + length > maxSize) rotate(this.path, keep)
  }

  private checkRoom(size: number, length: number): void {
    const { maxSize } = this.bounds
    if (size + length > maxSize) throw new Error(`the file has reached the ${maxSize} bytes that it may have`)
  }
}

/** All or nothing, as far as that can be had. */
function writeAllSync(fd: number, chunk: Uint8Array): void {
  const before = fstatSync(fd).size
  let written = 0
  try {
    while (written < chunk.length) written += writeSync(fd, chunk, written)
  } catch (error) {
    if (written > 0 && fstatSync(fd).size === before + written) ftruncateSync(fd, before)
    throw error
  }
}

/** The current folder may have been deleted. */
function absolute(path: string): string {
  try {
    return resolve(path)
  } catch {
    return path
  }
}

/** Bytes in a file; 0 if it does not exist, or is a pipe or a device. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Gives a file its beginning. Of several processes that make it at the same time, one succeeds. */
function begin(path: string, opening: string): void {
  const existing = statSync(path, { throwIfNoEntry: false })
  if (existing !== undefined) {
    // Somebody else may have made it since it was looked for.
    if (existing.isFile() && existing.size === 0) appendFileSync(path, opening)
    return
  }
  // A link appears with all that it holds: nobody can write before the opening.
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`
  try {
    writeFileSync(draft, opening)
    linkSync(draft, path)
  } catch (error) {
    // Some file systems know no links.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') writeFileSync(path, opening, { flag: 'ax' })
  } finally {
    rmSync(draft, { force: true })
  }
}

/** `file` becomes `file.1`, `file.1` becomes `file.2`, and so on; the oldest goes. */
function rotate(path: string, keep: number): void {
  const nameOf = (age: number): string => (age === 0 ? path : `${path}.${age}`)
  rmSync(nameOf(keep), { force: true })
  for (let age = keep; age > 0; age--) {
    if (sizeOf(nameOf(age - 1)) > 0) renameSync(nameOf(age - 1), nameOf(age))
  }
}
