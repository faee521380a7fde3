/**
 * Makes bundles for tests, minified.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Collector, type Arrived } from '../support/collector.js'
import { libraries, preload, runNode } from '../support/run.js'

export type Bundler = 'esbuild' | 'webpack' | 'rollup'

/** @param output its extension says whether it is to be an ES module */
export async function bundle(bundler: Bundler, entry: string, output: string, isTraced: boolean): Promise<void> {
  const script = join(libraries('bundlers'), 'bundle.js')
  const { stderr, code } = await runNode([script, bundler, entry, output, ...(isTraced ? ['--traced'] : [])])
  assert.equal(stderr, '')
  assert.equal(code, 0)
}

export interface RanBundle {
  readonly stderr: string
  readonly spans: readonly Arrived[]
}

export async function runBundle(file: string, nodeArgs: readonly string[] = ['-r', preload]): Promise<RanBundle> {
  const collector = await Collector.start()
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000' }
    const { stderr, code } = await runNode([...nodeArgs, file], { env })
    assert.equal(code, 0, stderr)
    return { stderr, spans: collector.spans }
  } finally {
    await collector.stop()
  }
}

/** The application in test/libraries that uses them all. */
export const everyLibrary = join(libraries('current'), 'every-library.mjs')

export const EVERY_LIBRARY = [
  'GET',
  '  GET /all/:id',
  '    handler /all/:id',
  '      SELECT',
  '      GET',
  '      EXISTS',
  ...Array.from({ length: 2 }, () => ['      GET', '        GET /leaf', '          handler /leaf']).flat(),
].join('\n')
