/**
 * Applications of ES modules, with `-r` and nothing else.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Collector, type Arrived } from '../support/collector.js'
import { libraries, preload, runNode } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pretrace-esm-')))
after(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): string {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

async function traceFile(file: string): Promise<readonly Arrived[]> {
  const collector = await Collector.start()
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000' }
    const { stderr, code } = await runNode(['-r', preload, file], { env })
    assert.equal(stderr, '')
    assert.equal(code, 0)
    return collector.spans
  } finally {
    await collector.stop()
  }
}

describe('an application of ES modules', () => {
  const alone = `
    import { createServer, get } from 'node:http'
    const server = createServer((req, res) => res.end()).listen(0, () => {
      get({ port: server.address().port, agent: false }, (res) => res.resume().on('close', () => server.close()))
    })`

  it('is traced though it imports nothing but http', async () => {
    write('typed/package.json', '{ "type": "module" }')
    const linked = join(folder, 'linked.js')
    symlinkSync(write('typed/inner/app.js', alone), linked)
    for (const file of [write('app.mjs', alone), write('typed/app.js', alone), linked]) {
      assert.equal(treeOf(await traceFile(file)), 'GET\n  GET', file)
    }
  })

  it('is traced in every library that it imports', async () => {
    const spans = await traceFile(join(libraries('current'), 'every-library.mjs'))
    const leaf = ['    GET', '      GET /leaf', '        handler /leaf']
    assert.deepEqual(
      treeOf(spans).split('\n'),
      ['GET', '  GET /all/:id', '    handler /all/:id', '      SELECT', '      GET', '      EXISTS'].concat(
        Array.from({ length: 2 }, () => leaf.map((line) => `  ${line}`)).flat(),
      ),
    )
  })
})
