/**
 * The file that survives a restart.
 */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { Status } from '../../viewer/model/api.js'
import { Intake } from '../../viewer/server/formats/intake.js'
import { readOtlpJson } from '../../viewer/server/formats/otlp-json.js'
import { Journal } from '../../viewer/server/journal.js'
import { idOf, otlp, TestViewer } from '../support/viewer.js'

describe('a viewer with a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-viewer-'))
  const fileNamed = (name: string): string => join(folder, name)
  after(() => rmSync(folder, { recursive: true }))

  it('has after a restart what it had before', async () => {
    const file = fileNamed('traces.jsonl')
    const first = await TestViewer.start({ file })
    await first.send(
      otlp([
        { trace: 'a', id: 'root', name: 'GET /', kind: 'server', failed: true, tags: { n: 1.5, s: 'ü', b: true } },
      ]),
    )
    await first.send([{ traceId: 'f', id: '2', name: 'z', localEndpoint: { serviceName: 'z' } }], '/api/v2/spans')
    const before = [await first.trace(idOf('a')), await first.trace('000000000000000f')]
    assert.equal((await first.json<Status>('/api/status')).file, file)
    await first.close()
    const second = await TestViewer.start({ file })
    const again = [await second.trace(idOf('a')), await second.trace('000000000000000f')]
    assert.deepEqual(
      again.map(({ trace }) => trace.spans),
      before.map(({ trace }) => trace.spans),
    )
    assert.deepEqual(again[0]?.trace.processes, before[0]?.trace.processes)
    await second.close()
    // What it reads it does not write again.
    assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 2)
  })

  it('starts although the last line was cut off, and says what it lost', async () => {
    const file = fileNamed('cut.jsonl')
    appendFileSync(file, `${JSON.stringify(otlp([{ trace: 'a', id: 'a' }]))}\n{"resourceSpans":[{"sc`)
    const viewer = await TestViewer.start({ file })
    assert.equal((await viewer.traces()).total, 1)
    assert.equal((await viewer.json<Status>('/api/status')).droppedSpans, 1)
    await viewer.close()
  })

  it('does not keep what is opened from other files', async () => {
    const file = fileNamed('own.jsonl')
    const other = fileNamed('other.json')
    writeFileSync(other, JSON.stringify(otlp([{ trace: 'a', id: 'a' }])))
    const viewer = await TestViewer.start({ file, open: [other] })
    assert.equal((await viewer.traces()).total, 1)
    await viewer.close()
    assert.ok(!existsSync(file))
  })

  it('cannot be started with a file that holds no traces', async () => {
    const other = fileNamed('nonsense.txt')
    writeFileSync(other, 'hello')
    await assert.rejects(TestViewer.start({ open: [other] }), /nonsense\.txt cannot be opened: this is neither JSON/)
    await assert.rejects(TestViewer.start({ open: [fileNamed('missing')] }), /missing cannot be opened: ENOENT/)
  })

  it('keeps two bounded files at most', async () => {
    const file = fileNamed('rotated.jsonl')
    const journal = new Journal(file, 20_000)
    const intake = new Intake()
    for (let i = 0; i < 50; i++) {
      readOtlpJson(otlp([{ trace: `t${i}`, id: 'a', tags: { x: 'x'.repeat(1000) } }]), intake)
      await journal.write(intake.take())
    }
    for (const path of [file, `${file}.1`]) assert.ok(statSync(path).size <= 20_000)
    assert.ok(!existsSync(`${file}.2`))
    const lines: string[] = []
    await new Journal(file).read((line) => lines.push(line))
    assert.ok(lines.length > 10 && lines.length < 40)
    assert.ok(lines.at(-1)?.includes(idOf('t49')))
    assert.ok((lines[0] ?? '') !== lines[1])
  })
})
