/**
 * What a user gets: the package as npm packs it, installed into an application elsewhere.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Collector } from './support/collector.js'
import { root, runNode } from './support/run.js'

const SERVICE = `
  const express = require('express')
  const { tracer, activeSpan } = require('pretrace')
  const app = express()
  app.get('/hello/:name', (req, res) => {
    tracer.startSpan('greet', { childOf: activeSpan() }).finish()
    res.send('hello ' + req.params.name)
  })
  const server = app.listen(0, async () => {
    const res = await fetch('http://localhost:' + server.address().port + '/hello/world')
    console.log(await res.text())
    process.exit(0)
  })`

describe('the packed package', () => {
  let app = ''
  let tarball = ''

  before(() => {
    app = mkdtempSync(join(tmpdir(), 'pretrace-app-'))
    const [packed] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', app)) as [
      { filename: string },
    ]
    tarball = join(app, packed.filename)
    writeFileSync(join(app, 'package.json'), '{"name":"shop","version":"1.0.0","dependencies":{}}')
    writeFileSync(join(app, 'app.js'), SERVICE)
    npm(app, 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball)
  })
  after(() => rmSync(app, { recursive: true, force: true }))

  it('installs at most 12 packages and 5 MiB', () => {
    const folder = join(app, 'node_modules')
    const packages = readdirSync(folder).filter((name) => !name.startsWith('.'))
    const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(folder, name)))
      .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0)
    assert.ok(packages.length <= 12, packages.join(' '))
    assert.ok(bytes <= 5 * 1024 * 1024, `${bytes} bytes`)
  })

  const ways = {
    '-r pretrace/register': { args: ['-r', 'pretrace/register'], env: {} },
    NODE_OPTIONS: { args: [], env: { NODE_OPTIONS: '--require pretrace/register' } },
  }
  for (const [name, { args, env }] of Object.entries(ways)) {
    it(`traces an application by ${name}`, async () => {
      mkdirSync(join(app, 'node_modules'), { recursive: true })
      npm(app, 'install', '--no-audit', '--no-fund', '--prefer-offline', '--no-save', tarball, 'express@5')
      const collector = await Collector.start()
      try {
        const { stdout, stderr, code } = await runNode([...args, 'app.js'], {
          cwd: app,
          env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000', ...env },
        })
        assert.deepEqual({ stdout, stderr, code }, { stdout: 'hello world\n', stderr: '', code: 0 })
        const names = collector.spans.map((span) => span.name)
        assert.ok(names.includes('GET /hello/:name'), names.join())
        assert.ok(names.includes('greet'), names.join())
        assert.deepEqual([...new Set(collector.spans.map((span) => span.service))], ['shop'])
      } finally {
        await collector.stop()
      }
    })
  }

  it('has an export map and types that hold', () => {
    execFileSync(process.execPath, [join(root, 'node_modules', 'publint', 'src', 'cli.js'), tarball, '--strict'])
    const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js')
    execFileSync(process.execPath, [attw, tarball, '--profile', 'node16'])
  })
})

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
