import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { traceAsChrome } from '../../../viewer/model/as-chrome.js'
import { traceAsJaeger } from '../../../viewer/model/as-jaeger.js'
import { traceAsOtlp } from '../../../viewer/model/as-otlp.js'
import { traceAsMarkdown, traceAsText } from '../../../viewer/model/as-text.js'
import { buildTree } from '../../../viewer/model/tree.js'
import type { Trace } from '../../../viewer/model/trace.js'
import { parseFile } from '../../support/opened.js'
import { BEGIN, traceOf, TRACE_ID } from '../../support/traces.js'

const ride = traceOf({
  name: 'GET /ride',
  kind: 'server',
  at: 0,
  took: 12.5,
  tags: { 'http.response.status_code': 500, 'url.path': '/ride', deep: { list: [1, 'two', true] }, ratio: 0.5 },
  scope: 'pretrace/http',
  error: 'boom',
  children: [
    {
      name: 'SELECT rides',
      service: 'rides',
      kind: 'client',
      at: 2.25,
      took: 5,
      tags: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM rides WHERE id = $1' },
      logs: [{ time: BEGIN + 3, name: 'retry', tags: { attempt: 2 } }],
    },
  ],
})

/** Without what a format has no place for. */
function essence({ id, spans, processes }: Trace): unknown {
  return {
    id,
    spans: spans.map(({ id, parentId, name, kind, process, start, duration, failed, logs }) => ({
      id,
      parentId,
      name,
      kind,
      service: processes[process]?.service,
      start,
      duration,
      failed,
      // Jaeger's have no names: it is a tag there.
      logs: logs.map(({ name, time, tags: { event: _event, ...tags } }) => ({ name, time, tags })),
    })),
  }
}

describe('an exported trace', () => {
  for (const [format, text] of Object.entries({
    OTLP: JSON.stringify(traceAsOtlp(ride)),
    Jaeger: JSON.stringify(traceAsJaeger(ride)),
  })) {
    it(`is the same trace when it is opened again as ${format}`, () => {
      const opened = parseFile(text)
      assert.deepEqual(essence(opened), essence(ride))
      const tags = opened.spans.find(({ name }) => name === 'GET /ride')?.tags ?? {}
      assert.equal(tags['http.response.status_code'], 500)
      assert.equal(tags['ratio'], 0.5)
    })
  }

  it('keeps values of every kind as OTLP', () => {
    const opened = parseFile(JSON.stringify(traceAsOtlp(ride)))
    assert.deepEqual(opened.spans[0]?.tags['deep'], { list: [1, 'two', true] })
    assert.equal(opened.spans[0]?.error, 'boom')
    assert.equal(opened.spans[0]?.scope, 'pretrace/http')
  })

  it('has its spans nest in the lanes of Chrome’s viewer, and calls as arrows', () => {
    const crowded = traceOf({
      name: 'root',
      at: 0,
      took: 10,
      children: [
        { name: 'a', at: 1, took: 5 },
        { name: 'b', at: 2, took: 7 },
        { name: 'c', service: 'other', at: 3, took: 2 },
      ],
    })
    const { traceEvents } = traceAsChrome(buildTree(crowded)) as { traceEvents: Record<string, unknown>[] }
    const complete = traceEvents.filter(({ ph }) => ph === 'X')
    assert.deepEqual(
      complete.map(({ name, pid, tid, ts, dur }) => [name, pid, tid, ts, dur]),
      [
        ['root', 1, 0, 0, 10_000],
        ['a', 1, 0, 1000, 5000],
        ['b', 1, 1, 2000, 7000],
        ['c', 2, 0, 3000, 2000],
      ],
    )
    assert.deepEqual(
      traceEvents.filter(({ cat }) => cat === 'call').map(({ ph, pid }) => [ph, pid]),
      [
        ['s', 1],
        ['f', 2],
      ],
    )
  })
})

describe('a trace as text', () => {
  it('is the tree that the console shows', () => {
    const [title, ...lines] = traceAsText(buildTree(ride)).split('\n')
    assert.equal(title, `trace ${TRACE_ID} · 2 spans · 12.5 ms`)
    assert.match(lines[0] ?? '', /^shop: GET \/ride .* 12\.5 ms {2}✗ boom {2}http server · 500 · \/ride$/)
    assert.match(lines[1] ?? '', /^└─ rides: SELECT rides .* 5\.00 ms .*SELECT \* FROM rides WHERE id = \$1/)
  })

  it('says what it leaves out of a large one', () => {
    const children = Array.from({ length: 1000 }, (_, index) => ({ name: `child ${index}`, at: index, took: 1 }))
    const lines = traceAsText(buildTree(traceOf({ name: 'root', at: 0, took: 1000, children }))).split('\n')
    assert.equal(lines.at(-1), '… and 601 more spans')
    assert.equal(lines.length, 402)
  })
})

describe('a trace as Markdown', () => {
  it('has the failures with their tags, and where the time went', () => {
    const text = traceAsMarkdown(buildTree(ride))
    assert.match(text, /^# Trace: shop: GET \/ride\n/)
    assert.match(text, /- spans: 2, failed: 1\n- services: shop, rides/)
    assert.match(
      text,
      /## Failures\n\n### shop: GET \/ride \(at 0 µs\)\n\n```text\nboom\nhttp.response.status_code: 500/,
    )
    assert.match(text, /rides: SELECT rides \| 1 \| 5\.00 ms \| 5\.00 ms/)
  })

  it('lets nothing in a span end a block or begin a heading', () => {
    const name = 'x\n```\n# heading\n````` <img src=x onerror=alert(1)>'
    const text = traceAsMarkdown(buildTree(traceOf({ name, at: 0, took: 1, error: name, tags: { name } })))
    const fences = text.match(/^`{3,}.*$/gm) ?? []
    assert.ok(fences.filter((fence) => fence.startsWith('``````')).length >= 4)
    const outside = text.replace(/^(`{6,})text\n[^]*?\n\1$/gm, '').replace(/^```text\n[^]*?\n```$/gm, '')
    assert.doesNotMatch(outside, /^# heading/m)
    assert.doesNotMatch(outside, /[^\\]<img/)
  })
})
