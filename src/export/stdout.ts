/**
 * Standard output without `process.stdout`: that stream may not exist yet, and an error on it would be the
 * application's to handle. What is written goes out at once, whole and in order, unless the reader is slow.
 */
import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { TreeLook } from './tree.js'

const STDOUT = 1
/** Bytes that may wait for a slow reader. */
const MOST_WAITING = 4 * 1024 * 1024
/** How long to let a slow reader read, in ms. */
const PAUSE = 10

/** What became of a text. `refused`: nobody reads, or too much is waiting. */
export type Written = (outcome: 'written' | 'refused') => void

interface Waiting {
  readonly bytes: Buffer
  readonly onDone: Written
}

/** Where whole texts go. */
export interface TextOutput {
  /** Whether all has been written. */
  readonly isEmpty: boolean
  /** Writes a text. Never throws and never waits; `onDone` is called once, possibly before this returns. */
  write(text: string, onDone: Written): void
  /** Writes what is waiting before it returns, if the reader takes it within `patience` ms. */
  finish(patience: number): void
}

export class Stdout implements TextOutput {
  private waiting: Waiting[] = []
  private size = 0
  private timer: NodeJS.Timeout | undefined

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  write(text: string, onDone: Written): void {
    const bytes = Buffer.from(text)
    if (this.size > 0 && this.size + bytes.length > MOST_WAITING) {
      onDone('refused')
      return
    }
    this.waiting.push({ bytes, onDone })
    this.size += bytes.length
    if (this.timer === undefined) this.proceed()
  }

  finish(patience: number): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const giveUp = performance.now() + patience
    while (!this.writeWaiting() && performance.now() < giveUp) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
    this.refuseAll()
  }

  private proceed(): void {
    this.timer = this.writeWaiting() ? undefined : setTimeout(() => this.proceed(), PAUSE).unref()
  }

  /** @returns whether all of it is written */
  private writeWaiting(): boolean {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const rest = writeSome(next.bytes)
      if (rest === undefined) {
        this.refuseAll()
        return true
      }
      this.size -= next.bytes.length - rest.length
      if (rest.length > 0) {
        this.waiting[0] = { ...next, bytes: rest }
        return false
      }
      this.waiting.shift()
      next.onDone('written')
    }
    return true
  }

  private refuseAll(): void {
    const refused = this.waiting
    this.waiting = []
    this.size = 0
    for (const { onDone } of refused) onDone('refused')
  }
}

/** @returns what the reader has not taken yet; undefined if there is no reader */
function writeSome(bytes: Buffer): Buffer | undefined {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest))
    return rest
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? rest : undefined
  }
}

/** How a tree is to look there, as the terminal and the environment have it. */
export function lookOfStdout(env: NodeJS.ProcessEnv): TreeLook {
  const isTerminal = isatty(STDOUT)
  // The stream is the only one who knows the width, and keeps up with changes of it.
  const columns = isTerminal ? process.stdout.columns : 0
  return { width: columns > 0 ? columns : undefined, colour: wantsColour(env, isTerminal) }
}

/** As Node's own rules have it: FORCE_COLOR before NO_COLOR and NODE_DISABLE_COLORS, and these before the terminal. */
export function wantsColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, NODE_DISABLE_COLORS: disable, TERM: terminal } = env
  if (force !== undefined) return ['', '1', '2', '3', 'true'].includes(force)
  const isUnwanted = (no ?? '') !== '' || (disable ?? '') !== ''
  return isTerminal && !isUnwanted && terminal !== 'dumb'
}
