import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { join, pathname } from '../../instrumentations/express-route.js'

describe('express route patterns', () => {
  it('joins with single slashes and leaves none at the end', () => {
    const cases: [string, unknown, string | undefined][] = [
      ['', '/', ''],
      ['', '', ''],
      ['', '/users/:id', '/users/:id'],
      ['', 'users/', '/users'],
      ['/api', '/', '/api'],
      ['/api', '//users//', '/api/users'],
      ['/api', '*', '/api/*'],
      ['', /^\/v\d+\/$/, '/^\\/v\\d+\\/$/'],
      ['/api', /ab?c/, '/api/ab?c/'],
      ['/ab?c/', '/x', '/ab?c/x'],
      ['', undefined, undefined],
      ['', { tokens: [] }, undefined],
    ]
    for (const [prefix, path, expected] of cases)
      assert.equal(join(prefix, path), expected, `${prefix} + ${String(path)}`)
  })

  it('finds the path in a URL, absolute ones too', () => {
    assert.equal(pathname('/a/b?c=/d'), '/a/b')
    assert.equal(pathname('http://host:80/a/b?c'), '/a/b')
    assert.equal(pathname('*'), '*')
    assert.equal(pathname(undefined), '')
  })
})
