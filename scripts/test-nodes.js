'use strict'
/**
 * `npm run test:nodes`: the tests of whatever Nodes do differently, on each Node that is supported. npm brings the Nodes,
 * into .cache.
 *
 *   --node=18,26     only these; a path to an executable will do too
 *   WORDS            the test files whose path holds one of them, instead of the usual ones
 */
const { execFileSync, spawnSync } = require('node:child_process')
const { existsSync, mkdirSync, writeFileSync } = require('node:fs')
const { join, sep } = require('node:path')
const { parseArgs } = require('node:util')
const { build, install, root, testFiles } = require('./setup.js')

const NODES = ['18.19', '20', '22', '24', '26']
const USUAL = ['es-modules', 'guards', 'hooks', 'preload', 'threads', 'cluster', 'transparency', 'launchers', 'bundler']

/** The executable of a release: the package `node` brings those of all platforms. */
function nodeOf(release) {
  if (release.includes(sep)) return release
  const folder = join(root, '.cache', 'nodes', release)
  const node = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(node)) return node
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `node@${release}`]
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
  return node
}

const { values, positionals } = parseArgs({ options: { node: { type: 'string' } }, allowPositionals: true })
install()
build()
const files = testFiles(positionals.length === 0 ? USUAL : positionals)
const failed = []
for (const release of values.node?.split(',') ?? NODES) {
  const node = nodeOf(release)
  console.log(`\n▸ Node ${release}`)
  const runner = [node, '--test', '--test-reporter=spec', ...files]
  // The servers run on this Node: what is tested is the other one.
  const { status } = spawnSync(process.execPath, [join(root, 'examples', 'servers', 'run.js'), '--', ...runner], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) failed.push(release)
}
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(', ')}`)
  process.exit(1)
}
