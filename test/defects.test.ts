/**
 * docs/DEFECTS.md names tests: they must exist.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from './support/run.js'

const [listed = ''] = readFileSync(join(root, 'docs', 'DEFECTS.md'), 'utf8').split('## Not ours')
const defects = listed.split(/^- /m).slice(1)

describe('every defect of the field', () => {
  it('has a test that holds us to be free of it', () => {
    assert.ok(defects.length > 30)
    for (const defect of defects) assert.match(defect, /^ {2}- `/m)
  })

  it('names tests that exist', () => {
    const missing = [...listed.matchAll(/^ {2}- `(.+?)`(?:: (.+))?$/gm)].filter(([, file = '', name = '']) => {
      const path = join(root, 'test', file)
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(name)
    })
    assert.deepEqual(
      missing.map(([line]) => line.trim()),
      [],
    )
  })
})
