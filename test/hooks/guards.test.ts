import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadedBefore } from '../../src/hooks/loaded-before.js'
import { otherTracersAmong } from '../../src/hooks/other-tracers.js'
import { packageOf } from '../../src/hooks/package-of.js'

describe('a file’s package', () => {
  const cases: readonly (readonly [path: string, name?: string, folder?: string, file?: string])[] = [
    ['/app/node_modules/pg/lib/client.js', 'pg', '/app/node_modules/pg', 'lib/client.js'],
    ['/app/node_modules/@redis/client/a.js', '@redis/client', '/app/node_modules/@redis/client', 'a.js'],
    ['/a/node_modules/x/node_modules/pg/a.js', 'pg', '/a/node_modules/x/node_modules/pg', 'a.js'],
    ['/a/node_modules/.pnpm/pg@8/node_modules/pg/a.js', 'pg', '/a/node_modules/.pnpm/pg@8/node_modules/pg', 'a.js'],
    ['/a/.yarn/cache/pg.zip/node_modules/pg/a.js', 'pg', '/a/.yarn/cache/pg.zip/node_modules/pg', 'a.js'],
    ['C:\\a\\node_modules\\@redis\\client\\b\\c.js', '@redis/client', 'C:\\a\\node_modules\\@redis\\client', 'b/c.js'],
    ['/app/lib/client.js'],
    ['/app/node_modules'],
    ['/app/node_modules/loose.js'],
    ['/app/my_node_modules_of_old/pg/a.js'],
    ['/app/node_modules/@redis'],
  ]

  for (const [path, name, folder, file] of cases) {
    it(`is ${name ?? 'none'} for ${path}`, () => {
      assert.deepEqual(packageOf(path), name === undefined ? undefined : { name, folder, file })
    })
  }
})

describe('what is loaded already', () => {
  const files = ['/a/node_modules/dd-trace/init.js', '/a/node_modules/pg/a.js', '/b/node_modules/pg/b.js', '/a/app.js']

  it('names other tracers', () => {
    assert.deepEqual(otherTracersAmong(files), ['dd-trace'])
  })

  it('names watched libraries, with every copy', () => {
    const found = loadedBefore((name) => name === 'pg', files)
    assert.deepEqual([...found], [['pg', new Set(['/a/node_modules/pg', '/b/node_modules/pg'])]])
  })
})
