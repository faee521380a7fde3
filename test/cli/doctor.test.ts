/**
 * What the doctor says of applications that are as they should be, and how it comes to see them.
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { applications, pretrace, startPretrace } from '../support/cli.js'
import { collectorUrl, diagnose, EXPRESS, SELF, SERVER } from '../support/doctor.js'
import { preload, runNode } from '../support/run.js'

const app = applications()

describe('the doctor, of a sound set-up', () => {
  it('says that it is healthy, what is patched, and how many spans there are', async () => {
    const folder = app({ 'app.js': EXPRESS })
    const { code, healthy, problems, json, text } = await diagnose(['--', join(folder, 'app.js')])
    assert.deepEqual({ code, healthy, problems }, { code: 0, healthy: true, problems: [] }, text)
    const libraries = json.processes[0]?.traced?.libraries ?? []
    const outcomes = libraries.map(({ module, outcome }) => `${module} ${outcome}`)
    assert.ok(outcomes.includes('http patched'), outcomes.join())
    // Of Node’s own modules there may be more than the application asks for.
    assert.deepEqual(
      outcomes.filter((_, index) => libraries[index]?.version !== undefined),
      ['express patched', 'router patched'],
    )
  })

  it('says so of an ES module', async () => {
    const folder = app({
      'app.mjs': `import { createRequire } from 'node:module'\nimport http from 'node:http'\nimport express from 'express'\nconst require = createRequire(import.meta.url)\n${EXPRESS.replace("require('express')", 'express')}`,
    })
    const { problems, text, json } = await diagnose(['--', join(folder, 'app.mjs')])
    assert.deepEqual(problems, [], text)
    assert.match(JSON.stringify(json.processes), /"isEsModule":true/)
  })

  it('says so of a command whose own command line loads pretrace', async () => {
    const folder = app({ 'app.js': SELF })
    const { problems, notes, text } = await diagnose(['--', process.execPath, '-r', preload, 'app.js'], {}, folder)
    assert.deepEqual([problems, notes], [[], []], text)
  })

  it('sends the request that it is asked to send, and ends the server then', async () => {
    const folder = app({ 'app.js': SERVER })
    const { problems, text } = await diagnose(['--for', '60s', '--request', '/', '--', join(folder, 'app.js')])
    assert.deepEqual(problems, [], text)
  })

  it('prints it for people: libraries, variables, headers, exporters, verdict', async () => {
    const folder = app({ 'app.js': EXPRESS })
    const { stdout, code } = await pretrace(['doctor', '--', join(folder, 'app.js')], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl(),
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=geheim',
        PRETRACE_EXIT_TIMEOUT: '10000',
      },
    })
    assert.equal(code, 0, stdout)
    assert.match(stdout, /✓ {2}express 5\S* +patched: main module +1 span, all with a parent/)
    assert.match(stdout, /OTEL_EXPORTER_OTLP_HEADERS +\(hidden\) +environment +used/)
    assert.match(stdout, /^ {2}traceparent: +00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]$/m)
    assert.match(stdout, /otlp +\S+\/v1\/traces +answers +3 exported/)
    assert.match(stdout, /^Healthy\.$/m)
    assert.doesNotMatch(stdout, /geheim/)
  })
})

describe('the doctor', () => {
  it('reads what processes elsewhere have written', async () => {
    const folder = app({ 'app.js': SELF })
    const reports = join(folder, 'reports')
    const env = { PRETRACE_DOCTOR: reports, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_LOG_LEVEL: 'none' }
    await runNode(['-r', preload, 'app.js'], { cwd: folder, env })
    assert.equal(readdirSync(reports).length, 1)
    const { problems } = await diagnose(['--reports', reports])
    assert.deepEqual(problems, ['endpoint-refused'])
  })

  it('ends the application by Ctrl-C and tells what it has seen', async () => {
    const folder = app({
      'app.js': SERVER.replace("'127.0.0.1')", "'127.0.0.1', () => console.log('pid ' + process.pid))"),
    })
    const doctor = startPretrace(['doctor', '--for', '10m', '--', join(folder, 'app.js')], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl() },
    })
    const [, pid] = await doctor.says(/pid (\d+)\n/)
    doctor.child.kill('SIGINT')
    const { code, stdout } = await doctor.end
    assert.equal(code, 1)
    assert.match(stdout, /^Not healthy/m)
    assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' })
  })
})
