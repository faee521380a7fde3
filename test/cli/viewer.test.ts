import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TraceList } from '../../viewer/model/api.js'
import { applications, pretrace, startPretrace } from '../support/cli.js'
import { SELF } from '../support/doctor.js'
import { preload, runNode } from '../support/run.js'

const app = applications()
const ALONE = ['viewer', '--port', '0', '--only']

async function names(url: string): Promise<string[]> {
  const { traces } = (await (await fetch(`${url}/api/traces`)).json()) as TraceList
  return traces.map(({ service, name }) => `${service}: ${name}`)
}

describe('pretrace viewer', () => {
  it('says where it is, takes spans, opens files, and ends well by Ctrl-C', async () => {
    const folder = app({ 'app.js': SELF })
    const file = join(folder, 'zipkin.json')
    const span = { traceId: 'a'.repeat(32), id: 'b'.repeat(16), name: 'job', timestamp: 1, duration: 1 }
    writeFileSync(file, JSON.stringify([{ ...span, localEndpoint: { serviceName: 'old' } }]))
    const viewer = startPretrace([...ALONE, file])
    const [, url = ''] = await viewer.says(/^pretrace: traces at (http:\S+)$/m)
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, PRETRACE_EXIT_TIMEOUT: '10000' }
    await runNode(['-r', preload, 'app.js'], { cwd: folder, env })
    assert.deepEqual((await names(url)).sort(), ['old: job', 'shop: GET'])
    viewer.child.kill('SIGINT')
    assert.equal((await viewer.end).code, 0)
  })

  it('keeps traces in a file, and shows them again', async () => {
    const folder = app({ 'app.js': SELF })
    const file = join(folder, 'traces.jsonl')
    for (const times of [1, 2]) {
      const viewer = startPretrace([...ALONE, '--file', file])
      const [, url = ''] = await viewer.says(/traces at (http:\S+)$/m)
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, PRETRACE_EXIT_TIMEOUT: '10000' }
      await runNode(['-r', preload, 'app.js'], { cwd: folder, env })
      assert.equal((await names(url)).length, times)
      viewer.child.kill('SIGTERM')
      await viewer.end
      assert.ok(existsSync(file))
    }
  })

  it('says that a file cannot be opened', async () => {
    const { code, stderr } = await pretrace([...ALONE, '/nowhere.json'])
    assert.equal(code, 1)
    assert.match(stderr, /^pretrace: \/nowhere\.json cannot be opened: ENOENT.*\n$/)
  })
})
