/**
 * Forged input: whatever comes, the application sees what it would see without the preload.
 *
 * A failure prints the seed; `FUZZ_SEED=<number>` runs the same cases again.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { HttpBackend } from '../support/backend.js'
import { leave, sized } from './figures.js'
import { anyRequest, broken } from './fuzz/headers.js'
import { exchange, start, stop, type Twin } from './fuzz/twins.js'

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
/** Requests on one connection. */
const PIPELINED = 100

const rows: [string, number, number, number][] = []
const count = { crashes: 0, differences: 0 }

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
        while (cases < least) await fc.assert(property, { seed: seed + cases, numRuns: 20, endOnFailure: false })
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
})
