import assert from 'node:assert/strict'
import { channel, hasSubscribers } from 'node:diagnostics_channel'
import fs from 'node:fs'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { Loader, type Listed } from '../../src/hooks/loader.js'
import type { Instrumentation, Kit, Patch } from '../../src/instrumentation.js'
import { appFolders } from '../support/packages.js'
import { recordingCore } from '../support/tracer.js'

const core = recordingCore()
const newApp = appFolders()
const loaders: Loader[] = []
const { writeSync } = fs
/** What was said on stderr. */
let lines: unknown[]

beforeEach(() => {
  lines = []
  // Node 18 writes files by it too.
  const spy = (fd: number, ...rest: unknown[]): number =>
    fd === 2 ? lines.push(rest[0]) : (Reflect.apply(writeSync, fs, [fd, ...rest]) as number)
  mock.method(fs, 'writeSync', spy as never)
})
afterEach(() => {
  for (const loader of loaders.splice(0)) loader.stop()
  mock.restoreAll()
})

function start(listed: Partial<Listed> & Pick<Listed, 'load'>, getCore = () => core): Loader {
  const loader = new Loader([{ name: 'test', modules: [], ...listed }], getCore)
  loaders.push(loader)
  loader.start()
  return loader
}

/** Starts a loader for one module. Messages are said once in a process, so each test takes a name of its own. */
function startFor(module: string, ...patches: Omit<Patch, 'module'>[]): Loader {
  const instrumentation = { name: module, patches: patches.map((patch) => ({ module, ...patch })) }
  return start({ name: module, modules: [module], load: () => instrumentation })
}

type Method = () => string
interface Library {
  say: Method
  shout: Method
}

function patchSay(exports: Library, kit: Kit): void {
  kit.wrap(exports, 'say', (say: Method) => {
    return function sayTraced() {
      return `traced ${say()}`
    }
  })
}

const SAY = `exports.say = () => 'hello'`

describe('the loader', () => {
  it('patches every installed copy, and takes every patch back', () => {
    const apps = [newApp(), newApp()]
    for (const [number, app] of apps.entries()) app.install('copied', `1.0.${number}`, { 'index.js': SAY })
    const loader = startFor('copied', { versions: '1', patch: patchSay })
    const [one, other] = apps.map((app) => app.require('copied') as Library) as [Library, Library]
    assert.notEqual(one, other)
    assert.deepEqual([one.say(), other.say()], ['traced hello', 'traced hello'])
    loader.stop()
    assert.deepEqual([one.say(), other.say()], ['hello', 'hello'])
    assert.deepEqual(lines, [])
  })

  it('patches inner files, each by the versions that have it', () => {
    const app = newApp()
    const inner = { 'index.js': `module.exports = require('./lib/inner.js')`, 'lib/inner.js': SAY }
    app.install('@scope/layered', '2.1.0-beta.1', inner)
    const file = 'lib/inner.js'
    const never = (): never => assert.fail('not this version')
    startFor('@scope/layered', { versions: '2', file, patch: patchSay }, { versions: '1', file, patch: never })
    assert.equal((app.require('@scope/layered') as Library).say(), 'traced hello')
    assert.deepEqual(lines, [])
  })

  it('watches no file that nobody patches: its module is as it would be while it runs', () => {
    const app = newApp()
    const fields = `['loaded', 'exports'].map((name) => 'value' in Object.getOwnPropertyDescriptor(module, name))`
    app.install('roomy', '1.0.0', {
      'index.js': `module.exports = { other: require('./other.js').plain, inner: require('./inner.js') }`,
      'other.js': `exports.plain = ${fields}`,
      'inner.js': `${SAY}; exports.plain = ${fields}`,
    })
    startFor('roomy', { versions: '1', file: 'inner.js', patch: patchSay })
    const { other, inner } = app.require('roomy') as { other: boolean[]; inner: Library & { plain: boolean[] } }
    assert.deepEqual(other, [true, true])
    assert.deepEqual(inner.plain, [false, false])
    assert.equal(inner.say(), 'traced hello')
    assert.deepEqual(lines, [])
  })

  it('patches a main file that only Node can find, though another file was loaded first', () => {
    const app = newApp()
    const exports = { '.': { own: './own.js', default: './index.js' }, './lib/*': './lib/*' }
    app.install('asked', '1.0.0', {
      'package.json': JSON.stringify({ name: 'asked', version: '1.0.0', exports }),
      'index.js': SAY,
      'lib/other.js': SAY,
    })
    startFor('asked', { versions: '1', patch: patchSay })
    const said = ['asked/lib/other.js', 'asked'].map((id) => (app.require(id) as Library).say())
    assert.deepEqual(said, ['hello', 'traced hello'])
    assert.deepEqual(lines, [])
  })

  it('leaves a file alone that is still loading when it stops', () => {
    const app = newApp()
    app.install('halted', '1.0.0', { 'index.js': `globalThis.halt(); ${SAY}` })
    const loader = startFor('halted', { versions: '1', patch: patchSay })
    Object.assign(globalThis, { halt: () => loader.stop() })
    assert.equal((app.require('halted') as Library).say(), 'hello')
    assert.deepEqual(lines, [])
  })

  it('takes a patch that throws half-way back whole, and says so once', () => {
    const library = (): Library => {
      const app = newApp()
      app.install('changed', '1.2.3', { 'index.js': SAY })
      return app.require('changed') as Library
    }
    const patch = (exports: Library, kit: Kit): void => {
      patchSay(exports, kit)
      kit.wrap(exports, 'shout', (shout: Method) => shout)
    }
    startFor('changed', { versions: '1', patch })
    assert.deepEqual([library().say(), library().say()], ['hello', 'hello'])
    assert.deepEqual(lines, ['pretrace: changed@1.2.3 is not traced: there is no function shout\n'])
  })

  it('says once which versions it supports, where it has met another', () => {
    for (const app of [newApp(), newApp()]) {
      app.install('ancient', '0.9.0', { 'index.js': SAY })
      startFor('ancient', { versions: '>=1 <2', patch: patchSay }, { versions: '>=3 <4', patch: patchSay })
      assert.equal((app.require('ancient') as Library).say(), 'hello')
    }
    assert.deepEqual(lines, ['pretrace: ancient@0.9.0 is not traced: supported are >=1 <2 and >=3 <4\n'])
  })

  it('patches what came out since as the last version that is known, and says so once', () => {
    startFor('novel', { versions: '>=1 <2', patch: () => assert.fail() }, { versions: '>=2 <3', patch: patchSay })
    for (const app of [newApp(), newApp()]) {
      app.install('novel', '4.0.0', { 'index.js': SAY })
      assert.equal((app.require('novel') as Library).say(), 'traced hello')
    }
    const known = 'what was known when this pretrace was made (>=1 <2 and >=2 <3)'
    assert.deepEqual(lines, [`pretrace: novel@4.0.0 is newer than ${known}: it is traced as far as it is alike\n`])
  })

  it('leaves what came out since alone where it lacks the seam, and says so once', () => {
    for (const [name, where] of [
      ['renamed', {}],
      ['moved', { file: 'lib/gone.js' }],
    ] as const) {
      const app = newApp()
      app.install(name, '4.0.0', { 'index.js': 'exports.tell = () => "hello"' })
      startFor(name, { versions: '>=2 <3', ...where, patch: patchSay })
      assert.equal((app.require(name) as { tell: () => string }).tell(), 'hello')
    }
    assert.deepEqual(lines, [
      'pretrace: renamed@4.0.0 is not traced: there is no function say\n',
      'pretrace: moved@4.0.0 is not traced: it has no lib/gone.js that could be patched\n',
    ])
  })

  it('says once that a supported version lacks the file', () => {
    for (const app of [newApp(), newApp()]) {
      app.install('moved', '1.5.0', { 'index.js': SAY })
      startFor('moved', { versions: '1', file: 'lib/client.js', patch: patchSay })
      assert.equal((app.require('moved') as Library).say(), 'hello')
    }
    assert.deepEqual(lines, ['pretrace: moved@1.5.0 is not traced: it has no lib/client.js that could be patched\n'])
  })

  it('says nothing of what is optional', () => {
    const app = newApp()
    app.install('partial', '2.0.0', { 'index.js': SAY })
    const optional = { file: 'lib/extra.js', optional: true, patch: patchSay }
    startFor('partial', { versions: '2', ...optional }, { versions: '1', patch: patchSay })
    app.require('partial')
    app.install('extra', '9.0.0', { 'index.js': SAY })
    startFor('extra', { versions: '1', ...optional })
    app.require('extra')
    assert.deepEqual(lines, [])
  })

  it('leaves a library alone whose exports cannot be changed, and the application at work', () => {
    const forms = {
      frozen: `module.exports = Object.freeze({ say: () => 'hello' })`,
      getters: `Object.defineProperty(exports, 'say', { enumerable: true, get: () => () => 'hello' })`,
      throwing: `Object.defineProperty(exports, 'say', { get() { throw new Error('not yet') } })`,
      nothing: `module.exports = undefined`,
    }
    const app = newApp()
    for (const [name, source] of Object.entries(forms)) {
      app.install(name, '1.0.0', { 'index.js': source })
      startFor(name, { versions: '1', patch: patchSay })
      const exports = app.require(name) as Library | undefined
      if (name === 'frozen' || name === 'getters') assert.equal(exports?.say(), 'hello')
      assert.equal(lines.length, 1, name)
      assert.match(lines[0] as string, new RegExp(`^pretrace: ${name}@1.0.0 is not traced: .+\n$`))
      lines = []
    }
  })

  it('gives out what a patch returns instead of the exports, such as a function or an array', () => {
    const app = newApp()
    app.install('callable', '1.0.0', { 'index.js': `module.exports = () => 'hello'` })
    app.install('list', '1.0.0', { 'index.js': `module.exports = [() => 'hello']` })
    startFor('callable', { versions: '1', patch: (say: Method) => () => `traced ${say()}` })
    startFor('list', {
      versions: '1',
      patch: (exports: object, kit) => kit.wrap(exports, '0', (say: Method) => () => `traced ${say()}`),
    })
    assert.equal((app.require('callable') as Method)(), 'traced hello')
    assert.equal(app.require('callable'), app.require('callable'))
    const list = app.require('list') as Method[]
    assert.ok(Array.isArray(list))
    assert.equal(list[0]?.(), 'traced hello')
    assert.deepEqual(lines, [])
  })

  it('survives an instrumentation or a tracer that cannot be made', () => {
    const app = newApp()
    const fail = (): never => {
      throw new Error('broken')
    }
    for (const name of ['unloadable', 'untraceable']) app.install(name, '1.0.0', { 'index.js': SAY })
    start({ name: 'unloadable', modules: ['unloadable'], load: fail })
    assert.equal((app.require('unloadable') as Library).say(), 'hello')
    const patches = [{ module: 'untraceable', patch: patchSay }]
    start({ modules: ['untraceable'], load: () => ({ name: 'untraceable', patches }) }, fail)
    assert.equal((app.require('untraceable') as Library).say(), 'hello')
    assert.deepEqual(lines, [
      'pretrace: unloadable is not traced: broken\n',
      'pretrace: untraceable@1.0.0 is not traced: broken\n',
    ])
  })
})

describe('the loader’s channels', () => {
  /** An instrumentation that notes what it hears. */
  function listening(names: readonly string[], heard: unknown[]): Instrumentation {
    const note = (name: string) => (message: unknown) => heard.push([name, message])
    return { name: 'test', patches: [], channels: Object.fromEntries(names.map((name) => [name, note(name)])) }
  }

  it('load the instrumentation at the first message, and let it hear every message once', () => {
    const heard: unknown[] = []
    const load = mock.fn(() => listening(['t:a', 't:b', 't:c'], heard))
    start({ channels: ['t:a', 't:b'], load })
    channel('t:c').publish(0)
    assert.equal(load.mock.callCount(), 0)
    channel('t:a').publish(1)
    channel('t:b').publish(2)
    channel('t:c').publish(3)
    channel('t:a').publish(4)
    assert.equal(load.mock.callCount(), 1)
    assert.deepEqual(heard, [
      ['t:a', 1],
      ['t:b', 2],
      ['t:c', 3],
      ['t:a', 4],
    ])
  })

  it('leave other subscribers of the message that loads it undisturbed', () => {
    const seen: unknown[] = []
    start({ channels: ['t:shared'], load: () => listening(['t:shared'], []) })
    channel('t:shared').subscribe((message) => seen.push(message))
    channel('t:shared').publish(1)
    assert.deepEqual(seen, [1])
  })

  it('keep what a listener throws from the process, and say it once', async () => {
    const uncaught = mock.fn()
    process.on('uncaughtException', uncaught)
    const channels = {
      't:throwing': () => {
        throw new Error('unexpected')
      },
    }
    start({ channels: ['t:throwing'], load: () => ({ name: 'test', patches: [], channels }) })
    start({ channels: ['t:unloadable'], load: () => ({ name: 'test', patches: [], channels }) }, () => {
      throw new Error('no tracer')
    })
    for (const name of ['t:throwing', 't:throwing', 't:unloadable', 't:unloadable']) channel(name).publish(1)
    await new Promise(setImmediate)
    process.off('uncaughtException', uncaught)
    assert.equal(uncaught.mock.callCount(), 0)
    assert.deepEqual(lines, [
      'pretrace: listening to t:throwing failed: unexpected\n',
      'pretrace: listening to t:unloadable failed: no tracer\n',
    ])
  })

  it('fall silent with stop()', () => {
    const heard: unknown[] = []
    const loader = start({ channels: ['t:stop'], load: () => listening(['t:stop', 't:more'], heard) })
    channel('t:stop').publish(1)
    loader.stop()
    assert.deepEqual([hasSubscribers('t:stop'), hasSubscribers('t:more')], [false, false])
    assert.deepEqual(heard, [['t:stop', 1]])
  })
})
