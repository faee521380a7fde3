/**
 * `setTimeout` under a test's control. The test runner's own differs between the Nodes that we support.
 */
interface Pending {
  readonly at: number
  readonly run: () => void
  unref(): Pending
}

export class Timers {
  private readonly real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }
  private readonly pending = new Set<Pending>()
  private now = 0

  constructor() {
    const fake = {
      setTimeout: (run: () => void, delay = 0): Pending => {
        const timer: Pending = { at: this.now + delay, run, unref: () => timer }
        this.pending.add(timer)
        return timer
      },
      clearTimeout: (timer: Pending) => void this.pending.delete(timer),
    }
    Object.assign(globalThis, fake)
  }

  /** Lets time pass. */
  tick(ms: number): void {
    this.now += ms
    for (const timer of this.pending) {
      if (timer.at > this.now) continue
      this.pending.delete(timer)
      timer.run()
    }
  }

  restore(): void {
    Object.assign(globalThis, this.real)
  }
}
