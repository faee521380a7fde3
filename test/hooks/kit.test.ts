import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { promisify } from 'node:util'
import { MissingSeam, PatchKit } from '../../src/hooks/kit.js'
import { recordingCore } from '../support/tracer.js'

type Method = (this: never, ...args: never[]) => unknown

function newKit(): PatchKit {
  return new PatchKit(recordingCore(), 'test')
}

/** Wraps with a function that adds a word, and looks nothing like the original. */
function wrapLoudly(kit: PatchKit, owner: object, name = 'say'): void {
  kit.wrap(owner, name, (original: Method) => {
    return (...args: unknown[]) => `${String(Reflect.apply(original, owner, args))}!`
  })
}

describe('kit.wrap', () => {
  it('keeps length, name, prototype and own properties of a function', () => {
    function say(_word: string, _times: number): void {}
    const custom = async (): Promise<string> => 'custom'
    Object.assign(say, { [promisify.custom]: custom, extra: {} })
    const library = { say }
    wrapLoudly(newKit(), library)
    assert.notEqual(library.say, say)
    assert.equal(library.say.length, 2)
    assert.equal(library.say.name, 'say')
    assert.equal(library.say.prototype, say.prototype)
    assert.equal(promisify(library.say), custom)
    assert.equal((library.say as any).extra, (say as any).extra)
  })

  it('says by throwing, and not on the console, that there is no such function', () => {
    const said = mock.method(console, 'error', () => undefined)
    for (const library of [{}, { say: 1 }]) assert.throws(() => wrapLoudly(newKit(), library), MissingSeam)
    said.mock.restore()
    assert.equal(said.mock.callCount(), 0)
  })
})

describe('kit.undo', () => {
  it('restores a property of the object itself, as it was', () => {
    const say = (): string => 'own'
    const library = Object.defineProperty({} as { say: Method }, 'say', { value: say, configurable: true })
    const before = Object.getOwnPropertyDescriptor(library, 'say')
    const kit = newKit()
    wrapLoudly(kit, library)
    assert.equal(Reflect.apply(library.say, library, []), 'own!')
    kit.undo()
    assert.deepEqual(Object.getOwnPropertyDescriptor(library, 'say'), before)
  })

  it('uncovers an inherited one', () => {
    class Base {
      say(): string {
        return 'base'
      }
    }
    class Derived extends Base {}
    const kit = newKit()
    wrapLoudly(kit, Derived.prototype)
    assert.equal(new Derived().say(), 'base!')
    assert.equal(new Base().say(), 'base')
    kit.undo()
    assert.equal(Object.hasOwn(Derived.prototype, 'say'), false)
    assert.equal(new Derived().say(), 'base')
  })

  it('brings back a getter', () => {
    const library = {
      get say() {
        return (): string => 'got'
      },
    }
    const kit = newKit()
    wrapLoudly(kit, library)
    assert.equal(library.say(), 'got!')
    kit.undo()
    assert.equal(typeof Object.getOwnPropertyDescriptor(library, 'say')?.get, 'function')
    assert.equal(library.say(), 'got')
  })

  it('leaves alone what somebody else has put in the place since', () => {
    const library = { say: (): string => 'first' }
    const kit = newKit()
    wrapLoudly(kit, library)
    const theirs = (): string => 'theirs'
    library.say = theirs
    kit.undo()
    assert.equal(library.say, theirs)
  })

  it('goes from the last step to the first, and past one that fails', () => {
    const steps: number[] = []
    const kit = newKit()
    kit.onUndo(() => steps.push(1))
    kit.onUndo(() => {
      throw new Error('frozen since')
    })
    kit.onUndo(() => steps.push(3))
    kit.undo()
    kit.undo()
    assert.deepEqual(steps, [3, 1])
  })
})
