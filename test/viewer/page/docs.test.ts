import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KEYS } from '../../../viewer/model/keys.js'
import { root } from '../../support/run.js'

const text = readFileSync(join(root, 'docs', 'VIEWER.md'), 'utf8')
const MOST_OF_A_PICTURE = 200 * 1000

describe('docs/VIEWER.md', () => {
  it('has every key of the page, and no other', () => {
    const written = [...text.matchAll(/^\| ((?:`\S+` ?)+)\s*\| (.*?)\s*\|$/gm)]
      .map(([, keys = '', meaning]) => [keys.replaceAll('`', '').trim(), meaning])
      .filter(([keys]) => !keys?.startsWith('#'))
    assert.deepEqual(written, Object.values(KEYS).flat())
  })

  it('has pictures that exist and are small', () => {
    const pictures = [...text.matchAll(/\]\((images\/[^)]+)\)/g)].map(([, path = '']) => join(root, 'docs', path))
    assert.equal(pictures.length, 4)
    for (const picture of pictures) {
      assert.ok(existsSync(picture), picture)
      assert.ok(statSync(picture).size < MOST_OF_A_PICTURE, picture)
    }
  })
})
