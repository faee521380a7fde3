/**
 * Long work in steps, so that an application's requests need not wait for all of it.
 */

/** Work that may be interrupted wherever it yields. */
export type Steps<Result> = Generator<void, Result, void>

/** Encoders let the event loop turn after so many spans. */
export const SPANS_A_STEP = 32

/** All steps at once. */
export function finished<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** What may be work in steps, or done already, as steps. */
export function stepsOf<Result extends object>(work: Result | Steps<Result>): Steps<Result> {
  return Symbol.iterator in work ? work : done(work)
}

// eslint-disable-next-line require-yield -- there is nothing left to do
function* done<Result>(result: Result): Steps<Result> {
  return result
}
