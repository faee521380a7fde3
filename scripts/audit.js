'use strict'
/**
 * `npm run audit`: known vulnerabilities in what users install. Not a part of `npm test`: it needs the registry, whose
 * answer changes by itself. Where the registry does not answer, that is said and is an error.
 */
const { spawnSync } = require('node:child_process')
const { root } = require('./setup.js')

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--workspaces=false'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
})

function report() {
  try {
    return JSON.parse(stdout)
  } catch {
    return { error: { summary: stderr.trim() || 'npm has said nothing' } }
  }
}

const { error, metadata } = report()
if (error !== undefined || metadata === undefined) {
  console.error(`the registry has not answered: ${error?.summary ?? stdout.slice(0, 200)}`)
  process.exitCode = 2
} else {
  const { total } = metadata.vulnerabilities
  console.log(`${total} known vulnerabilities in ${metadata.dependencies.prod} packages`)
  process.exitCode = total === 0 ? 0 : 1
}
