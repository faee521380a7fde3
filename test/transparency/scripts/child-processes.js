'use strict'
const { each } = require('../kit.js')
// No spans outside of a trace.
const { execFile, execFileSync, exec, spawn, spawnSync, fork } = require('node:child_process')
const { promisify } = require('node:util')
each({
  execFile: () => promisify(execFile)('echo', ['a']).then(({ stdout, stderr }) => [stdout, stderr]),
  exec: () => promisify(exec)('echo b; exit 3').catch(({ code, stdout, cmd, killed }) => [code, stdout, cmd, killed]),
  sync: () => execFileSync('echo', ['c'], { encoding: 'utf8' }),
  missing: () => spawnSync('/nowhere/at/all').error.code,
  event: () =>
    new Promise((resolve) =>
      spawn('/nowhere/at/all').on('error', (error) => resolve([error.code, error.path, error.spawnargs])),
    ),
  close: () => new Promise((resolve) => spawn('sh', ['-c', 'kill -9 $$']).on('close', (...all) => resolve(all))),
  shape: () => [spawn.length, exec.name, fork.length, execFileSync.name, typeof exec[promisify.custom]],
  bad: () => spawn(7),
})
