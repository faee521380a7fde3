/**
 * What hangs on objects that are not ours.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Stamp, StampWithMemory } from '../src/stamp.js'

for (const make of [Stamp<string>, StampWithMemory<string>])
  describe(make.name, () => {
    it('is found on whoever has it, whoever got one last', () => {
      const stamp = make()
      const [first, second, other] = [{}, {}, {}]
      stamp.set(first, 'first')
      stamp.set(second, 'second')
      assert.deepEqual([first, second, other].map(stamp.get), ['first', 'second', undefined])
      stamp.set(first, 'changed')
      assert.deepEqual([first, second].map(stamp.get), ['changed', 'second'])
    })

    it('is seen by nobody else', () => {
      const stamped = { a: 1 }
      make().set(stamped, 'value')
      assert.deepEqual(Reflect.ownKeys(stamped), ['a'])
    })
  })

describe('a stamp with a memory', () => {
  it('keeps what it is told to release, and nobody alive for it', async () => {
    const stamp = StampWithMemory<string>()
    const kept = {}
    stamp.set(kept, 'value')
    stamp.release('value')
    assert.equal(stamp.get(kept), 'value')
    const gone = new WeakRef({})
    ;((target) => {
      stamp.set(target, 'value')
      stamp.release('value')
    })(gone.deref() as object)
    await new Promise((resolve) => setTimeout(resolve))
    setFlagsFromString('--expose-gc')
    ;(runInNewContext('gc') as () => void)()
    assert.equal(gone.deref(), undefined)
  })
})
