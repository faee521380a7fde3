/**
 * The services of the demo in every form that an application may have: the tree of a ride is the same.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { bundle } from '../bundler/bundles.js'
import { root, runNode } from '../support/run.js'

const folder = mkdtempSync(join(tmpdir(), 'pretrace-forms-'))
after(() => rmSync(folder, { recursive: true }))

interface Span {
  readonly id: string
  readonly parentId?: string
  readonly service: string
  readonly name: string
  readonly component: string
  readonly failed: boolean
}

/** The tree of a ride, siblings in alphabetical order: which of several routes is asked for first is chance. */
async function treeOfRide(services: string): Promise<string> {
  const file = join(folder, 'spans.json')
  const demo = join(root, 'scripts', 'demo.js')
  const { stderr, code } = await runNode([demo, '--once', '--json', file, '--services', services])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const spans = JSON.parse(readFileSync(file, 'utf8')) as Span[]
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter(({ parentId }) => parentId === parent)
      .map(({ id, service, name, component, failed }) => {
        const line = `${'  '.repeat(depth)}${service}: ${name} (${component})${failed ? ' ✗' : ''}`
        return [line, ...below(id, depth + 1)].join('\n')
      })
      .sort()
  return below(undefined, 0).join('\n')
}

describe('the services of the demo', () => {
  const original = treeOfRide(join(root, 'examples', 'hotrod'))

  it('have the same tree as ES modules', async () => {
    const expected = await original
    assert.match(expected, /^frontend: GET \/dispatch \(http\)\n/)
    assert.equal(await treeOfRide(join(root, 'examples', 'hotrod-esm')), expected)
  })

  it('have the same tree bundled and minified', async () => {
    for (const service of ['customer', 'driver', 'frontend', 'route']) {
      const entry = join(root, 'examples', 'hotrod', `${service}.js`)
      await bundle('esbuild', entry, join(folder, `${service}.js`), true)
    }
    assert.equal(await treeOfRide(folder), await original)
  })
})
