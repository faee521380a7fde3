/**
 * Applications with libraries and traffic that are not traced, and the cause that the doctor names.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildSync } from 'esbuild'
import { applications } from '../support/cli.js'
import { asked, diagnose, EXPRESS, finds, SELF, SERVER } from '../support/doctor.js'
import { libraries } from '../support/run.js'

const app = applications()

describe('the doctor, of libraries', () => {
  const fake = (name: string, version: string, source: string): Record<string, string> => ({
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version }),
    [`node_modules/${name}/index.js`]: source,
  })

  it('names a version out of range', async () => {
    const folder = app({ ...fake('pg', '7.18.2', 'exports.Client = class {}'), 'app.js': `require('pg');${SELF}` })
    await finds('library-out-of-range', /pg 7\.18\.2 is not traced: supported are >=8 <9/, [
      '--',
      join(folder, 'app.js'),
    ])
  })

  it('names a library without the seam', async () => {
    const folder = app({ ...fake('pg', '8.99.0', 'exports.Client = class {}'), 'app.js': `require('pg');${SELF}` })
    await finds('library-not-patched', /pg 8\.99\.0.*lib\/client\.js/, ['--', join(folder, 'app.js')])
  })

  for (const minify of [false, true]) {
    it(`names libraries inside of a bundle${minify ? ' that is minified' : ''}`, async () => {
      const folder = app({ 'app.js': `require('pg');${EXPRESS}` })
      const outfile = join(folder, 'bundle.js')
      buildSync({
        entryPoints: [join(folder, 'app.js')],
        outfile,
        bundle: true,
        platform: 'node',
        minify,
        logLevel: 'silent',
        external: ['pg-native'],
      })
      await finds('library-bundled', /express, pg: part of the bundle .*bundle\.js[\s\S]*--external:pg/, [
        '--',
        outfile,
      ])
    })
  }

  it('names another tracer', async () => {
    const folder = app({
      ...fake('dd-trace', '5.0.0', 'exports.init = () => {}'),
      'app.js': `require('dd-trace').init();${SELF}`,
    })
    await finds('other-tracer', /Datadog/, ['--', join(folder, 'app.js')])
  })

  it('names an OpenTelemetry SDK of the application', async () => {
    const setup = `const { NodeTracerProvider } = require(require.resolve('@opentelemetry/sdk-trace-node', { paths: [${JSON.stringify(libraries('opentelemetry-1.9'))}] }))
      new NodeTracerProvider().register()`
    const folder = app({ 'app.js': `${setup};${SELF}` })
    const { problems, text } = await diagnose(['--', join(folder, 'app.js')])
    assert.ok(problems.includes('other-tracer'), text)
    assert.match(text, /OpenTelemetry/)
  })

  it('notes a library for which there is no instrumentation', async () => {
    const folder = app({ ...fake('mysql2', '3.0.0', ''), 'app.js': `require('mysql2');${SELF}` })
    const { problems, notes, text } = await diagnose(['--', join(folder, 'app.js')])
    assert.deepEqual([problems, notes], [[], ['library-foreign']])
    assert.match(text, /mysql2 3\.0\.0/)
  })
})

describe('the doctor, of the traffic', () => {
  const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7'

  it('names headers that no configured format reads', async () => {
    const folder = app({ 'app.js': asked(`traceparent: ${PARENT}-01`) })
    await finds(
      'headers-unread',
      /traceparent[\s\S]*Add tracecontext to OTEL_PROPAGATORS/,
      ['--', join(folder, 'app.js')],
      {
        OTEL_PROPAGATORS: 'b3multi',
      },
    )
  })

  it('names headers that are malformed', async () => {
    const folder = app({ 'app.js': asked('uber-trace-id: nonsense') })
    await finds('headers-malformed', /uber-trace-id that is not well-formed/, ['--', join(folder, 'app.js')])
  })

  it('names callers that have decided against their traces', async () => {
    const folder = app({ 'app.js': asked(`traceparent: ${PARENT}-00`) })
    await finds('unsampled-upstream', /PRETRACE_REMOTE_PARENT_NOT_SAMPLED=root/, ['--', join(folder, 'app.js')])
  })

  it('names a server that got no request, and its port', async () => {
    const folder = app({ 'app.js': SERVER })
    await finds('no-request', /listens on \d+, but no request came[\s\S]*--request/, [
      '--for',
      '4s',
      '--',
      join(folder, 'app.js'),
    ])
  })

  it('names a program with nothing in it to trace', async () => {
    const folder = app({ 'app.js': '1' })
    await finds('no-spans', /loads nothing that pretrace traces/, ['--', join(folder, 'app.js')])
  })
})
