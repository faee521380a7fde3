/**
 * What users get by `npm install`, and how it gets there.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { root } from '../support/run.js'
import { leave } from './figures.js'

interface Installed {
  readonly path: string
  readonly name: string
  readonly version: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

const { installed, licenseOf } = require(join(root, 'scripts', 'licenses.js')) as {
  installed(): Installed[]
  licenseOf(entry: Installed): string | undefined
}
const packages = installed()
const FREE = /^(Apache-2\.0|MIT|ISC|BSD-[23]-Clause)$/
const SCRIPTS = new Set(['preinstall', 'install', 'postinstall', 'prepare'])

function read(...path: string[]): string {
  return readFileSync(join(root, ...path), 'utf8')
}

describe('what users install', () => {
  const files = (): string[] => {
    const [{ files }] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: root,
        encoding: 'utf8',
        stdio: 'pipe',
      }),
    ) as [{ files: { path: string }[] }]
    return files.map(({ path }) => path)
  }
  const packed = files()

  after(() => {
    leave({
      suite: 'supply-chain',
      title: 'Supply chain',
      says: 'What a production install brings along, by package-lock.json; `npm run audit` asks the registry for known vulnerabilities of it.',
      totals: { cases: packages.length + packed.length },
      columns: ['What', 'Number'],
      rows: [
        ['Packages beside pretrace', packages.length],
        [
          'Packages with an install script',
          packages.filter(({ hasInstallScript }) => hasInstallScript === true).length,
        ],
        ['Licences', new Set(packages.map(licenseOf)).size],
        ['Files published', packed.length],
      ],
    })
  })

  it('is few packages, each pinned by its hash', () => {
    assert.ok(packages.length <= 11, packages.map(({ name }) => name).join())
    for (const { name, integrity } of packages) assert.match(integrity ?? '', /^sha512-/, name)
  })

  it('runs nothing when it is installed', () => {
    assert.deepEqual(
      packages.filter(({ hasInstallScript }) => hasInstallScript === true),
      [],
    )
    for (const folder of ['', ...packages.map(({ path }) => path)]) {
      const { scripts = {}, version } = JSON.parse(read(folder, 'package.json')) as {
        scripts?: object
        version: string
      }
      // `prepare` is run by npm for what is installed from a repository alone.
      const bad = Object.keys(scripts).filter((name) => SCRIPTS.has(name) && (folder === '' || name !== 'prepare'))
      assert.deepEqual(bad, [], folder)
      assert.ok(version)
    }
  })

  it('is under licences that everybody may use', () => {
    for (const entry of packages) assert.match(licenseOf(entry) ?? '', FREE, entry.name)
  })

  it('is what runs, its types, and what there is to read', () => {
    const known = [
      /^(package\.json|register\.(js|d\.ts)|LICENSE|README\.md|CHANGELOG\.md|docs\/MIGRATION\.md)$/,
      /^dist\/(src|instrumentations)\/[\w/-]+\.js$/,
      /^dist\/src\/[\w/-]+\.d\.ts$/,
    ]
    // Other parts of the package bring files of their own: what must never be among them is named here too.
    const never = /(^|\/)(\.|test|bench|examples|scripts|node_modules)|\.(pem|key|env|log|tsbuildinfo|map)$/
    assert.deepEqual(
      packed.filter((path) => never.test(path)),
      [],
    )
    for (const pattern of known)
      assert.ok(
        packed.some((path) => pattern.test(path)),
        String(pattern),
      )
  })

  it('needs no network, no code from text and no native addon to be loaded', () => {
    for (const path of packed.filter((path) => path.endsWith('.js'))) {
      const text = read(path)
      assert.doesNotMatch(text, /\beval\(|new Function\(|process\.binding|process\.dlopen|\.node['"]\)/, path)
    }
  })
})

describe('a release', () => {
  const workflow = read('.github', 'workflows', 'release.yml')

  it('is made by actions that nobody can move', () => {
    const used = [...workflow.matchAll(/uses: (\S+)/g)].map(([, name]) => name)
    assert.ok(used.length > 0)
    for (const name of used) assert.match(name ?? '', /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
  })

  it('has provenance, what it needs for that, and no token', () => {
    assert.match(workflow, /npm publish --provenance/)
    assert.match(workflow, /id-token: write/)
    assert.match(workflow, /^permissions: \{\}$/m)
    assert.doesNotMatch(workflow, /secrets\.|NODE_AUTH_TOKEN/)
  })

  it('says how to report what is wrong with it', () => {
    assert.match(read('SECURITY.md'), /## Report a vulnerability/)
    assert.ok(existsSync(join(root, 'package-lock.json')))
  })
})
