/**
 * Package managers that lay out packages in ways of their own, each from npm and with a real installation, and bundlers
 * that take their time: `npm run test:launchers`.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { bundle, EVERY_LIBRARY, everyLibrary, runBundle } from '../bundler/bundles.js'
import { appFolders } from '../support/packages.js'
import { preload, root } from '../support/run.js'
import { treeOf } from '../support/spans.js'
import { launch, LAUNCHED, type Launch } from './launch.js'
import { launchByPm2, type Pm2 } from './pm2.js'

const cache = join(root, '.cache', 'launchers')

const REQUEST = `
  const app = express()
  app.get('/launched/:by', (req, res) => res.end())
  const server = app.listen(0, () => {
    const { port } = server.address()
    get({ port, path: '/launched/x', agent: false }, (res) => res.resume().on('close', () => server.close()))
  })`

function npm(...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd: cache, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}

/** A folder with the application in both forms, and what else it needs. */
function folderOf(manager: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(cache, manager)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const all = {
    'package.json': JSON.stringify({ private: true, dependencies: { express: '^5.3.0' } }),
    'app.cjs': `const express = require('express')\nconst { get } = require('node:http')\n${REQUEST}`,
    'app.mjs': `import express from 'express'\nimport { get } from 'node:http'\n${REQUEST}`,
    ...files,
  }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  return folder
}

before(() => {
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(cache, 'package.json'), '{ "private": true }\n')
  npm('install', '--no-audit', '--no-fund', '--loglevel=error', 'pnpm@12', '@yarnpkg/cli-dist@4', 'pm2@7')
})

const bin = (path: string): string => join(cache, 'node_modules', path)

describe('a bundle is traced like the application that it was made of, minified', () => {
  for (const bundler of ['webpack', 'rollup'] as const) {
    it(`by ${bundler}`, async () => {
      const output = join(cache, `${bundler}.mjs`)
      await bundle(bundler, everyLibrary, output, true)
      const { spans, stderr } = await runBundle(output)
      assert.equal(stderr, '')
      assert.equal(treeOf(spans), EVERY_LIBRARY)
    })
  }
})

describe('an application is traced as it was installed', () => {
  const isTraced = async (how: Launch): Promise<void> => assert.equal(treeOf(await launch(how)), LAUNCHED)

  it('by pnpm', async () => {
    const cwd = folderOf('pnpm')
    const env = { ...process.env, npm_config_registry: npm('config', 'get', 'registry') }
    const store = join(cache, 'pnpm-store')
    execFileSync(process.execPath, [bin('pnpm/bin/pnpm.mjs'), 'install', '--store-dir', store], { cwd, env })
    for (const file of ['app.cjs', 'app.mjs']) await isTraced({ cwd, args: [file] })
  })

  it('by Yarn, out of its archives', async () => {
    const settings = 'nodeLinker: pnp\npnpEnableEsmLoader: true\nenableTelemetry: false\nenableGlobalCache: false\n'
    const cwd = folderOf('yarn', { '.yarnrc.yml': settings, 'yarn.lock': '' })
    const env = { ...process.env, YARN_NPM_REGISTRY_SERVER: npm('config', 'get', 'registry') }
    const yarn = bin('@yarnpkg/cli-dist/bin/yarn.js')
    execFileSync(process.execPath, [yarn, 'install', '--no-immutable'], { cwd, env })
    for (const file of ['app.cjs', 'app.mjs']) {
      await isTraced({ cwd, args: [yarn, 'node', file] })
      await isTraced({ cwd, args: ['-r', './.pnp.cjs', '--loader', './.pnp.loader.mjs', file] })
    }
  })
})

describe('an application is traced under PM2', () => {
  const newFolder = appFolders()
  const node_args = `-r ${preload}`
  const NODE_OPTIONS = `-r "${preload}"`
  const ways: Readonly<Record<string, Omit<Pm2, 'bin' | 'home'>>> = {
    'in fork mode, by node_args': { settings: { node_args } },
    'in fork mode, by NODE_OPTIONS': { settings: {}, env: { NODE_OPTIONS } },
    'in fork mode, as an ES module': { settings: { node_args }, file: 'typed/app.mjs' },
    'in cluster mode, by node_args': { settings: { node_args, exec_mode: 'cluster', instances: 2 } },
    'in cluster mode, as an ES module': { settings: { node_args, exec_mode: 'cluster' }, file: 'typed/app.mjs' },
    'in cluster mode, by the NODE_OPTIONS of PM2 itself': {
      settings: { exec_mode: 'cluster', instances: 2 },
      shell: { NODE_OPTIONS },
    },
  }
  for (const [name, way] of Object.entries(ways)) {
    it(name, async () => {
      const instances = Number(way.settings['instances'] ?? 1)
      const spans = await launchByPm2({ bin: bin('pm2/bin/pm2'), home: newFolder(), ...way }, 3 * instances)
      assert.equal(treeOf(spans), Array.from({ length: instances }, () => LAUNCHED).join('\n'))
      assert.deepEqual([...new Set(spans.map(({ service }) => service))], ['@pretrace-test/launchers'])
    })
  }
})
