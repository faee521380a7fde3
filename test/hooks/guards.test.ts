import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packagesAmong } from '../../src/hooks/guards.js'
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

it('packages among files have every copy named', () => {
  const files = [
    '/a/node_modules/pg/a.js',
    '/b/node_modules/pg/b.js',
    '/b/node_modules/pg/c.js',
    '/a/node_modules/x/a.js',
  ]
  const found = packagesAmong([...files, '/a/app.js'], (name) => name === 'pg')
  assert.deepEqual([...found], [['pg', new Set(['/a/node_modules/pg', '/b/node_modules/pg'])]])
})
