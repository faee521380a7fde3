/**
 * Values that applications should not pass to functions, and do.
 */
import * as fc from 'fast-check'

const THEN = ['th', 'en'].join('')

const throwing = (): never => {
  throw new RangeError('mine')
}

class Own {
  field = 1
  get getter(): number {
    return 2
  }
}

/** Made anew for every case, in both processes alike. */
const ODD: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => NaN,
  () => 1n,
  () => '',
  () => 'text',
  () => '__proto__',
  () => Symbol('s'),
  () => Symbol.iterator,
  () => [],
  () => [undefined],
  () => [['a', 'b']],
  () => ({}),
  () => Object.create(null) as object,
  () => Object.freeze({ frozen: true }),
  () => new Own(),
  () => new Map([['a', 1]]),
  () => new Date(0),
  () => /x/g,
  () => new Error('given'),
  () => Buffer.from('bytes'),
  () => new Uint8Array(3),
  () => new URL('http://user:pw@127.0.0.1:1/path?token=1'),
  () => new URLSearchParams('a=1'),
  () => () => undefined,
  () => function named(_a: unknown, _b: unknown): void {},
  () => async () => undefined,
  () => throwing,
  () => class {},
  () => Promise.resolve(1),
  () => ({ [THEN]: throwing }),
  () => new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing }),
  () => new Proxy(function () {}, { get: throwing, apply: throwing }),
  () => revoked(),
  () => ({ toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }),
  () => Object.defineProperty({}, 'length', { get: throwing }),
  () => new AbortController().signal,
  () => AbortSignal.abort(),
  () => ({ submit: 1 }),
  () => ({ submit() {} }),
  () => ({ submit: throwing }),
  () => ({ text: 'SELECT 1' }),
  () => ({ text: 1, values: 'x', name: {} }),
  () => ({
    get text() {
      return throwing()
    },
  }),
  () => ({ headers: { a: ['b', 1], c: undefined } }),
  () => ({ headers: [['a', 'b'], ['c']] }),
  () => ({ envPairs: 1, file: 2 }),
]

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** A recipe for a value: made when the call is, for it may be used up. */
export type Recipe = () => unknown

export const odd: fc.Arbitrary<Recipe> = fc.constantFrom(...ODD)
export const text: fc.Arbitrary<Recipe> = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => () => text)
export const anything: fc.Arbitrary<Recipe> = fc.oneof(
  { arbitrary: odd, weight: 5 },
  { arbitrary: text, weight: 1 },
  { arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: true }).map((value) => () => value), weight: 2 },
)
/** As many arguments as somebody may think of. */
export const args: fc.Arbitrary<Recipe[]> = fc.array(anything, { maxLength: 4 })

/** An object of options, most of which make sense. */
export function options(members: Readonly<Record<string, readonly unknown[]>>): fc.Arbitrary<Recipe> {
  const entries = Object.entries(members).map(([name, values]) =>
    fc
      .oneof(
        { arbitrary: fc.constant(undefined), weight: 6 },
        {
          arbitrary: fc.constantFrom(...values).map(
            (value): Recipe =>
              () =>
                value,
          ),
          weight: 3,
        },
        { arbitrary: anything, weight: 1 },
      )
      .map((recipe) => [name, recipe] as const),
  )
  return fc.tuple(...entries).map((pairs) => () => {
    const made: Record<string, unknown> = {}
    for (const [name, recipe] of pairs) if (recipe !== undefined) made[name] = recipe()
    return made
  })
}
