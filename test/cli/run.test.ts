import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { TraceList } from '../../viewer/model/api.js'
import { applications, pretrace, startPretrace, type Started } from '../support/cli.js'
import { SELF } from '../support/doctor.js'
import { root, runNode } from '../support/run.js'
import { until } from '../support/until.js'

const app = applications()
const ANY = ['run', '--port', '0']

/** The address that is told of. */
async function viewerOf(started: Started): Promise<string> {
  const [, url = ''] = await started.says(/traces at (http:\S+)/)
  return url
}

async function tracesAt(url: string): Promise<TraceList['traces']> {
  return ((await (await fetch(`${url}/api/traces`)).json()) as TraceList).traces
}

/** The traces that come to be there, when they are whole. */
async function tracesIn(url: string): Promise<TraceList['traces']> {
  return until(async () => {
    const traces = await tracesAt(url)
    return traces.length > 0 && traces.every(({ incomplete }) => !incomplete) && traces
  })
}

describe('pretrace run', () => {
  it('starts a file with the preload, and the viewer gets its traces', async () => {
    const folder = app({ 'app.js': `${SELF}; setInterval(() => {}, 1000)` })
    const run = startPretrace([...ANY, 'app.js'], { cwd: folder })
    const traces = await tracesIn(await viewerOf(run))
    assert.deepEqual(
      traces.map(({ service, name, spans }) => ({ service, name, spans })),
      [{ service: 'shop', name: 'GET', spans: 2 }],
    )
    run.child.kill('SIGTERM')
    assert.equal((await run.end).signal, 'SIGTERM')
  })

  it('starts any command, with the processes below it', async () => {
    const folder = app({
      'package.json': JSON.stringify({ name: 'shop', scripts: { start: 'node app.js' } }),
      'app.js': `${SELF}; console.log('pid ' + process.pid); setInterval(() => {}, 1000)`,
    })
    const run = startPretrace([...ANY, '--', 'npm', 'start'], { cwd: folder })
    const url = await viewerOf(run)
    const [, pid] = await run.says(/pid (\d+)\n/)
    await until(async () => (await tracesAt(url)).some(({ services }) => services.some(({ name }) => name === 'shop')))
    // npm passes no signal on to what its shell has started.
    process.kill(Number(pid))
    await run.end
  })

  it('keeps out of standard output, and passes arguments, input and the exit code', async () => {
    const source = `process.stdin.on('data', (d) => process.stdout.write(process.argv.slice(2).join() + ' ' + d)).on('end', () => process.exit(7))`
    const folder = app({ 'app.js': source })
    const ran = await runNode(['-e', PIPE, join(root, 'bin', 'pretrace.js'), ...ANY, 'app.js', '--port', '-x'], {
      cwd: folder,
    })
    assert.equal(ran.stdout, '--port,-x hello')
    assert.match(ran.stderr, /^pretrace: traces at http:\/\/127\.0\.0\.1:\d+\n$/)
    assert.equal(ran.code, 7)
  })

  it('passes a signal on, and lets the application have its way with it', async () => {
    const source = `process.on('SIGTERM', () => { console.log('bye'); process.exit(5) }); console.log('up'); setInterval(() => {}, 1000)`
    const run = startPretrace([...ANY, 'app.js'], { cwd: app({ 'app.js': source }) })
    await run.says(/up/)
    run.child.kill('SIGTERM')
    const { code, stdout } = await run.end
    assert.deepEqual({ code, stdout }, { code: 5, stdout: 'up\nbye\n' })
  })

  it('dies by the signal that the application died by', async () => {
    const ran = await pretrace([...ANY, 'app.js'], { cwd: app({ 'app.js': `process.kill(process.pid, 'SIGKILL')` }) })
    assert.deepEqual([ran.code, ran.signal], [null, 'SIGKILL'])
  })

  it('says that there is no such program, and ends', async () => {
    const ran = await pretrace([...ANY, '--', 'nosuchprogram'])
    assert.deepEqual([ran.code, ran.stderr], [1, 'pretrace: there is no file and no command nosuchprogram\n'])
  })

  it('works where its own path has a space', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pretrace run-'))
    after(() => rmSync(folder, { recursive: true }))
    symlinkSync(root, join(folder, 'package'))
    const source = `console.log(process.env.NODE_OPTIONS, Object.getOwnPropertySymbols(globalThis).some((s) => s.description === 'pretrace.registered'))`
    const flags = ['--preserve-symlinks', '--preserve-symlinks-main']
    const ran = await runNode([...flags, join(folder, 'package', 'bin', 'pretrace.js'), ...ANY, 'app.js'], {
      cwd: app({ 'app.js': source }),
    })
    assert.match(ran.stdout, /^--require ".*pretrace run-.*register\.js" true\n$/)
  })

  it('keeps the viewer up when asked to, until Ctrl-C', async () => {
    const run = startPretrace([...ANY, '--keep', 'app.js'], { cwd: app({ 'app.js': `${SELF}; process.exitCode = 3` }) })
    const url = await viewerOf(run)
    await run.says(/traces stay at/)
    assert.equal((await tracesIn(url)).length, 1)
    run.child.kill('SIGINT')
    assert.equal((await run.end).code, 3)
  })

  it('says that the port which it was asked for is taken', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    after(() => blocker.close())
    const { port } = blocker.address() as AddressInfo
    const ran = await pretrace(['run', '--port', String(port), '--', 'true'])
    assert.deepEqual(
      [ran.code, ran.stderr],
      [1, `pretrace: port ${port} is taken by another process; --port 0 takes any that is free\n`],
    )
  })
})

/** Feeds a program, whose path and arguments follow, with a line. */
const PIPE = `
  require('child_process').spawn(process.execPath, process.argv.slice(1), { stdio: ['pipe', 'inherit', 'inherit'] })
    .on('close', (code) => process.exit(code)).on('spawn', function () { this.stdin.end('hello') })`
