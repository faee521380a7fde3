/**
 * Forged input: whatever comes, the application sees what it would see without the preload.
 *
 * A failure prints the seed; `FUZZ_SEED=<number>` runs the same cases again.
 */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseConfig } from '../../src/config/load.js'
import { variables, type Variable } from '../../src/config/variables.js'
import { makeCore } from '../../src/core.js'
import { HttpBackend } from '../support/backend.js'
import { preload, runNode, type Ran } from '../support/run.js'
import { leave, sized } from './figures.js'
import { anyRequest, broken } from './fuzz/headers.js'
import { exchange, start, stop, type Twin } from './fuzz/twins.js'

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
/** Requests on one connection. */
const PIPELINED = 100

const rows: [string, number, number, number][] = []
const count = { crashes: 0, differences: 0 }

/** Whether a child is still there to take its input. */
function isChance(line: string): boolean {
  return / EPIPE spawnSync /.test(line)
}

describe(`forged input, seed ${seed}`, () => {
  after(() => {
    leave({
      suite: 'fuzz',
      title: 'Forged input',
      says: `Random and mutated bytes go into every header that a propagator reads, random text into every environment variable, random values into every function that is patched: to one process with the preload and one without, which must do the same, be it a result or an error. Seed ${seed}.`,
      totals: {
        cases: rows.reduce((sum, [, cases]) => sum + cases, 0),
        errors: count.crashes,
        differences: count.differences,
      },
      columns: ['Input', 'Cases', 'Crashes', 'Differences'],
      rows,
    })
  })

  describe('in headers', () => {
    let sink: HttpBackend
    let traced: Twin
    let bare: Twin
    before(async () => {
      sink = await HttpBackend.start(200, false)
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_PROPAGATORS: 'b3multi,b3,jaeger,tracecontext,baggage,xray,ottrace,gcp,sw8',
        OTEL_BSP_MAX_QUEUE_SIZE: '20000',
        OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: 'baggage,cookie,__proto__,referer',
        OTEL_LOG_LEVEL: 'error',
        NODE_NO_WARNINGS: '1',
      }
      ;[traced, bare] = await Promise.all([start('echo.js', env, true), start('echo.js', env, false)])
    })
    after(async () => {
      await Promise.all([stop(traced), stop(bare)])
      await sink.stop()
    })

    const check = async (
      title: string,
      arbitrary: fc.Arbitrary<{ cases: number; text: string }[]>,
      least: number,
      isWhole: boolean,
    ): Promise<void> => {
      let cases = 0
      const row: (typeof rows)[number] = [title, 0, 0, 0]
      rows.push(row)
      const property = fc.asyncProperty(arbitrary, async (requests) => {
        const text = requests.map(({ text }) => text).join('')
        const [ours, theirs] = await Promise.all([exchange(traced.port, text), exchange(bare.port, text)])
        assert.equal(ours, theirs)
        if (isWhole) assert.equal(ours.split('HTTP/1.1 200 OK').length - 1, requests.length)
        cases += requests.reduce((sum, { cases }) => sum + cases, 0)
      })
      try {
        for (; row[1] < least; row[1] = cases) await fc.assert(property, { seed: seed + row[1], numRuns: 20 })
      } catch (error) {
        row[3]++
        count.differences++
        throw error
      } finally {
        row[1] = cases
        if (traced.process.exitCode !== null) row[2]++
        count.crashes += row[2]
      }
    }

    it('changes nothing that a server sees, nor what it sends on', async () => {
      await check(
        'Headers',
        fc.array(anyRequest, { minLength: PIPELINED, maxLength: PIPELINED }),
        sized(20_000, 1_000_000),
        true,
      )
    })

    it('changes nothing where the head is broken', async () => {
      const few = fc.tuple(anyRequest, broken, anyRequest).map((all) => [...all])
      await check('Broken heads', few, sized(1000, 20_000), false)
    })

    it('leaves a process that lives and has nothing to say', () => {
      assert.equal(traced.process.exitCode, null)
      assert.deepEqual(traced.stderr, bare.stderr)
    })
  })

  it('changes nothing of what a call comes to', async () => {
    const calls = sized(2000, 100_000)
    const run = (nodeArgs: readonly string[]): Promise<Ran> =>
      runNode([...nodeArgs, join(__dirname, 'fuzz', 'calls.js'), String(seed), String(calls)], {
        env: {
          OTEL_TRACES_EXPORTER: 'otlp_file',
          PRETRACE_FILE: '/dev/null',
          OTEL_LOG_LEVEL: 'error',
          NODE_NO_WARNINGS: '1',
        },
      })
    const [traced, bare] = await Promise.all([run(['-r', preload]), run([])])
    const [ours, theirs] = [traced, bare].map(({ stdout }) => stdout.trimEnd().split('\n')) as [string[], string[]]
    const different = theirs
      .map((line, i) => ({ bare: line, traced: ours[i] }))
      .filter(({ bare, traced = '' }) => bare !== traced && !isChance(bare) && !isChance(traced))
    count.differences += different.length
    if (traced.code !== bare.code) count.crashes++
    rows.push(['Calls', theirs.length, traced.code === bare.code ? 0 : 1, different.length])
    assert.deepEqual([traced.code, traced.signal], [bare.code, bare.signal], traced.stderr)
    assert.ok(theirs.length >= calls, `${theirs.length} lines: ${bare.stderr}`)
    assert.deepEqual(different.slice(0, 10), [])
    assert.equal(ours.length, theirs.length)
  })

  it('changes nothing but lines of our own where variables are nonsense', async () => {
    const names = Object.values(variables).flatMap(({ name, aliases = [] }: Variable<unknown>) => [
      name,
      ...aliases.map(({ name }) => name),
    ])
    const harmless = names.filter((name) => !/DISABLED|FILE|HOOKS|_PROXY|_proxy/.test(name))
    const value = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        '0',
        '1',
        'true',
        'none',
        ',',
        '=',
        '-1',
        '1e999',
        '%zz',
        'http://',
        'a=b',
        '/x=1/s',
        '*=0.1',
        '!all',
        '10.0.0.0/99',
        '__proto__',
        'constructor',
        'a'.repeat(5000),
      ),
    )
    const environment = fc.dictionary(
      fc.constantFrom(...harmless),
      value.filter((text) => !text.includes('\0')),
      { minKeys: 1, maxKeys: 8 },
    )
    let parsed = 0
    const check = fc.property(environment, (env) => {
      const lines: string[] = []
      const config = parseConfig(env, lines)
      makeCore({ ...config, exporters: ['none'] }, '1.2.3')
        .tracer.startSpan('span')
        .finish()
      assert.ok(lines.every((line) => !line.includes('undefined is not')))
      parsed++
    })
    fc.assert(check, { seed, numRuns: sized(500, 50_000) })
    const app = `require('http').createServer((q, s) => s.end('x')).listen(0, '127.0.0.1', function () { require('http').get({ port: this.address().port, host: '127.0.0.1' }, (r) => r.resume().on('end', () => this.close())) }); process.on('exit', () => console.log('done'))`
    const started = fc.sample(environment, { seed, numRuns: sized(8, 200) })
    // Some variables name a folder that is written to.
    const cwd = mkdtempSync(join(tmpdir(), 'pretrace-'))
    for (const env of started) {
      const { stdout, stderr, code } = await runNode(['-r', preload, '-e', app], {
        cwd,
        env: { ...env, OTEL_TRACES_EXPORTER: 'none' },
      })
      const foreign = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('pretrace: '))
      assert.deepEqual({ stdout, code, foreign }, { stdout: 'done\n', code: 0, foreign: [] }, JSON.stringify(env))
    }
    rows.push(['Environments', parsed + started.length, 0, 0])
  })
})
