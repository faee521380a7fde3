/**
 * Other tools of the same kind in the process: each gets its hooks called, whoever came first, and the application runs once.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { preload, succeed } from '../support/run.js'
import { namesOf } from '../support/spans.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pretrace-company-')))
after(() => rmSync(folder, { recursive: true }))

/** Another tracer, with a hook for `require` of its own. It wraps what is called in the application below, and counts. */
const others = {
  // As OpenTelemetry and its like do, by a copy of the package that nobody shares.
  'require-in-the-middle': `
    const { Hook } = require('./copy/index.js')
    new Hook(['pg', 'http', 'express'], (exports, name) => (wrap(exports, name), exports))`,
  // As older ones do.
  'Module._load': `
    const Module = require('module')
    const load = Module._load
    Module._load = function (name) {
      const exports = load.apply(this, arguments)
      wrap(exports, name.replace('node:', ''))
      return exports
    }`,
}

/** What is common to them: each function is wrapped once. */
const wrap = `
  const shimmer = require('shimmer')
  const counts = (globalThis.counts = { pg: 0, http: 0, express: 0 })
  const done = new Set()
  function count(owner, method, name) {
    shimmer.wrap(owner, method, (original) => function () {
      counts[name]++
      return original.apply(this, arguments)
    })
  }
  function wrap(exports, name) {
    if (!(name in counts) || done.has(name)) return
    done.add(name)
    if (name === 'pg') count(exports.Client.prototype, 'query', name)
    if (name === 'http') count(exports.Server.prototype, 'emit', name)
    if (name === 'express') count(exports.application, 'handle', name)
  }`

function install(name: keyof typeof others): string {
  const home = join(folder, name)
  mkdirSync(join(home, 'copy'), { recursive: true })
  const { resolve } = createRequire(preload)
  writeFileSync(join(home, 'copy', 'index.js'), copyOf(resolve('require-in-the-middle')))
  writeFileSync(
    join(home, 'index.js'),
    `${wrap.replace("'shimmer'", JSON.stringify(resolve('shimmer')))}${others[name]}`,
  )
  return home
}

/** A module of its own from the same source, its dependencies found where those of the original are. */
function copyOf(file: string): string {
  return `
    const { readFileSync } = require('fs')
    const require_ = require('module').createRequire(${JSON.stringify(file)})
    new Function('require', 'module', 'exports', readFileSync(${JSON.stringify(file)}, 'utf8'))(require_, module, exports)`
}

async function app(): Promise<void> {
  console.log('runs')
  const { Client } = require('pg')
  const express = require('express')
  const http = require('node:http')
  const client = new Client(process.env['DATABASE_URL'])
  await client.connect()
  const served = express().get('/:id', async (_req: any, res: any) => (await client.query('SELECT 1'), res.end()))
  const server = http.createServer(served).listen(0, () => {
    http.get({ port: server.address().port, path: '/1', agent: false }, (res: any) => {
      res.resume().on('close', async () => {
        await client.end()
        server.close()
        const { pg, http, express } = (globalThis as any).counts
        console.log(pg, http > 0, express)
      })
    })
  })
}

describe('another tracer in the process', () => {
  for (const name of Object.keys(others) as (keyof typeof others)[]) {
    for (const order of ['before', 'after']) {
      it(`that hooks by ${name}, loaded ${order} this one, works, and so does this one`, async () => {
        const preloads = ['-r', install(name), '-r', preload]
        const nodeArgs = order === 'before' ? preloads : [...preloads.slice(2), ...preloads.slice(0, 2)]
        const { stdout, spans } = await succeed(app, { nodeArgs })
        assert.equal(stdout, 'runs\n1 true 1\n')
        assert.deepEqual(namesOf(spans).sort(), ['GET', 'GET /:id', 'SELECT', 'handler /:id'])
      })
    }
  }
})
