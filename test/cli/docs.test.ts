/**
 * The documentation of the command line, held against the code both ways.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { demo } from '../../src/cli/demo.js'
import { doctor } from '../../src/cli/doctor.js'
import { run } from '../../src/cli/run.js'
import { tail } from '../../src/cli/tail.js'
import { viewer } from '../../src/cli/viewer.js'
import { root } from '../support/run.js'

const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8')

/** The codes of findings, as the rules have them. */
function codesInSource(): string[] {
  const folder = join('src', 'cli', 'doctor')
  const sources = readdirSync(join(root, folder)).map((name) => read(folder, name))
  const given = /(?:problem|note|problem : note\))\(\s*'([a-z-]+)'|code: '([a-z-]+)'|\?\.code \?\? '([a-z-]+)'/g
  const codes = sources.flatMap((source) => [...source.matchAll(given)].map((match) => match.slice(1).find(Boolean)))
  return [...new Set(codes)].filter((code) => code !== undefined)
}

describe('docs/TROUBLESHOOTING.md', () => {
  it('has every finding of the doctor, and no other', () => {
    const told = [...read('docs', 'TROUBLESHOOTING.md').matchAll(/\(`([a-z]+-[a-z-]+)`\)/g)].map(([, code]) => code)
    const codes = codesInSource()
    assert.ok(codes.length > 30, codes.join())
    assert.deepEqual(new Set(told), new Set(codes))
  })
})

describe('docs/CLI.md', () => {
  const text = read('docs', 'CLI.md')
  for (const { name, options } of [run, viewer, tail, doctor, demo]) {
    it(`tells of ${name} and of each of its options`, () => {
      const [, section = ''] = new RegExp(`^## pretrace ${name}$([^]*?)(?=^## |$(?![^]))`, 'm').exec(text) ?? []
      const missing = Object.keys(options).filter((option) => !section.includes(`--${option}`))
      assert.deepEqual(missing, [])
    })
  }
})
