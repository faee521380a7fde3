/**
 * `NODE_OPTIONS="-r pretrace/register"` and whatever starts Node then. Those that have to be installed by other package
 * managers than npm have a command of their own: `npm run test:launchers`.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import satisfies from 'semver/functions/satisfies.js'
import { root } from '../support/run.js'
import { treeOf } from '../support/spans.js'
import { bin, launch, LAUNCHED, launchers, runs, type Launch } from './launch.js'

const ways: Readonly<Record<string, Launch>> = {
  'npm start': { args: runs('npm', 'start', '--silent') },
  'node --watch': { args: ['--watch', 'app.js'], spans: 3 },
  'node --test': { args: ['--test', 'app.nodetest.mjs'] },
  PM2: { args: ['pm2.js'], env: { pm_exec_path: join(launchers, 'app.js') } },
  'PM2 with an ES module': { args: ['pm2.js'], env: { pm_exec_path: join(launchers, 'typed', 'app.mjs') } },
  tsx: { args: [bin('tsx', 'dist/cli.mjs'), 'app.ts'] },
  'tsx with an ES module': { args: [bin('tsx', 'dist/cli.mjs'), join('typed', 'app.ts')] },
  'ts-node': { args: [bin('ts-node', 'dist/bin.js'), '-T', 'app.ts'] },
  'ts-node with an ES module': {
    args: ['--loader', 'ts-node/esm/transpile-only', join('typed', 'app.ts')],
    env: { TS_NODE_PROJECT: join(launchers, 'typed', 'tsconfig.json') },
  },
  'esbuild-register': { args: ['-r', 'esbuild-register', 'app.ts'] },
}

describe('an application is traced', { concurrency: 2 }, () => {
  for (const [name, way] of Object.entries(ways)) {
    it(`under ${name}`, async () => {
      assert.equal(treeOf(await launch(way)), LAUNCHED)
    })
  }

  it('in each of several copies of a library', async () => {
    const one = (route: string): string => `GET\n  GET ${route}\n    handler ${route}`
    assert.equal(treeOf(await launch({ args: ['copies.mjs'] })), `${one('/five/:id')}\n${one('/four/:id')}`)
  })
})

/** To either: a test of theirs may take longer than the 5 s that are usual, on a busy machine. */
const PATIENT = '--testTimeout=120000'

describe('tests are traced, and their modules can be reset and mocked', { concurrency: 2 }, () => {
  it('under Jest, as far as it leaves loading to Node', async () => {
    const args = [bin('jest', 'bin/jest.js'), '--rootDir', launchers, '--testMatch', '**/app.jest.js', PATIENT]
    for (const more of [[], ['--runInBand', '--detectOpenHandles']]) {
      const spans = await launch({ args: [...args, ...more] })
      assert.equal(treeOf(spans), 'GET\n  GET\nGET\n  GET')
    }
  })

  // Vitest 4 is made for Node 20 and later.
  if (satisfies(process.version, '>=20')) {
    it('under Vitest', async () => {
      const args = [bin('vitest', 'vitest.mjs'), 'run', '--dir', launchers, 'app.vitest', PATIENT]
      const spans = await launch({ args, env: { LIBRARY: join(root, 'dist', 'src', 'index.js') } })
      assert.equal(treeOf(spans), `${LAUNCHED}\n${LAUNCHED}`)
    })
  }
})
