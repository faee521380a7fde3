import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { parseConfig, type Environment } from '../../src/config/load.js'
import { AppendFile } from '../../src/export/append-file.js'
import { otlpFileExporter } from '../../src/export/otlp-file.js'
import { ledger } from '../../src/ledger.js'
import { decode } from '../support/collector.js'
import { preload, root, runNode, sourceOf, type App } from '../support/run.js'
import { said } from '../support/said.js'
import { tracing, type Traced } from '../support/tracing.js'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pretrace-file-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

function exporterFor(env: Environment) {
  const config = parseConfig({ OTEL_SERVICE_NAME: 'shop', PRETRACE_FILE: at('spans.jsonl'), ...env }, [])
  return otlpFileExporter(config, '1.2.3')
}

function spans(...names: readonly string[]): Traced['finished'] {
  const { tracer, finished } = tracing()
  for (const name of names) tracer.startSpan(name).finish()
  return finished
}

/** The names of the spans in each line of a file, which must end with the last line. */
function linesIn(name: string): string[][] {
  const text = readFileSync(at(name), 'utf8')
  assert.ok(text.endsWith('\n'))
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => decode(JSON.parse(line)).map((span) => span.name))
}

function entry() {
  const { exported, dropped } = ledger.exporters['otlp_file'] ?? { exported: 0, dropped: { unreachable: 0 } }
  return { exported, lost: dropped.unreachable }
}

describe('a file of OTLP', () => {
  it('has a message in each line, and is appended to', async () => {
    const exporter = exporterFor({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2' })
    const before = entry()
    for (const record of spans('a', 'b', 'c')) exporter.add(record)
    await exporter.flush()
    assert.deepEqual(linesIn('spans.jsonl'), [['a', 'b'], ['c']])
    const again = exporterFor({})
    for (const record of spans('d')) again.add(record)
    await again.flush()
    assert.deepEqual(linesIn('spans.jsonl'), [['a', 'b'], ['c'], ['d']])
    assert.equal(entry().exported - before.exported, 4)
    assert.match(readFileSync(at('spans.jsonl'), 'utf8'), /^\{"resourceSpans":\[\{"resource":.*"shop"/)
  })

  it('is made anew where it has been moved away or deleted', async () => {
    const exporter = exporterFor({})
    for (const name of ['a', 'b']) {
      exporter.add(spans(name)[0] as never)
      await exporter.flush()
      assert.deepEqual(linesIn('spans.jsonl'), [[name]])
      rmSync(at('spans.jsonl'))
    }
  })

  it('is put aside when it is full, and the oldest goes', async () => {
    const exporter = exporterFor({ PRETRACE_FILE_MAX_SIZE: '10', PRETRACE_FILE_KEEP: '2' })
    for (const name of ['a', 'b', 'c', 'd']) {
      exporter.add(spans(name)[0] as never)
      await exporter.flush()
    }
    assert.deepEqual(readdirSync(folder).sort(), ['spans.jsonl', 'spans.jsonl.1', 'spans.jsonl.2'])
    assert.deepEqual(linesIn('spans.jsonl'), [['d']])
    assert.deepEqual(linesIn('spans.jsonl.1'), [['c']])
    assert.deepEqual(linesIn('spans.jsonl.2'), [['b']])
  })

  it('is put aside no sooner than it must, and not kept where nothing is to be', async () => {
    const exporter = exporterFor({ PRETRACE_FILE_KEEP: '0' })
    exporter.add(spans('a')[0] as never)
    await exporter.flush()
    const { size } = statSync(at('spans.jsonl'))
    const small = exporterFor({ PRETRACE_FILE_MAX_SIZE: String(size * 2), PRETRACE_FILE_KEEP: '0' })
    for (const name of ['b', 'c']) {
      small.add(spans(name)[0] as never)
      await small.flush()
      assert.deepEqual(linesIn('spans.jsonl'), name === 'b' ? [['a'], ['b']] : [['c']])
    }
    assert.deepEqual(readdirSync(folder), ['spans.jsonl'])
  })

  it('may have the process id in its name', async () => {
    const exporter = exporterFor({ PRETRACE_FILE: at('spans-%p.jsonl') })
    exporter.add(spans('a')[0] as never)
    await exporter.flush()
    assert.deepEqual(linesIn(`spans-${process.pid}.jsonl`), [['a']])
  })

  const unwritable: readonly (readonly [what: string, path: () => string, why: RegExp])[] = [
    ['in a folder that is not there', () => at('nowhere/spans.jsonl'), /ENOENT/],
    ['on a full disk', () => '/dev/full', /ENOSPC/],
    ['that is a folder', () => folder, /EISDIR/],
  ]
  for (const [what, path, why] of unwritable) {
    it(`${what} is said once, and what is lost is counted`, async () => {
      const exporter = exporterFor({ PRETRACE_FILE: path() })
      const before = entry()
      const lines = await said(async () => {
        for (const record of spans('a', 'b')) {
          exporter.add(record)
          await exporter.flush()
        }
        for (const record of spans('c')) exporter.add(record)
        assert.deepEqual(exporter.drain(), [])
      })
      assert.equal(entry().lost - before.lost, 3)
      assert.ok(lines.length <= 1)
      if (lines.length > 0) assert.match(lines[0] ?? '', why)
    })
  }

  const app: App = (library: string, way: string) => {
    const { tracer } = require(library)
    tracer.startSpan('first').finish()
    tracer.startSpan('last').finish()
    if (way === 'exit') process.exit(3)
    if (way === 'signal') process.kill(process.pid, 'SIGTERM')
    if (way === 'exception') throw new Error('mine')
  }
  for (const way of ['exit', 'signal', 'exception', 'end of work']) {
    it(`holds the last spans of a process that ends by ${way}`, async () => {
      const env = { OTEL_TRACES_EXPORTER: 'otlp_file', PRETRACE_FILE: at('spans.jsonl') }
      const { stderr } = await runNode(['-r', preload, '-e', sourceOf(app, [root, way])], { env })
      assert.doesNotMatch(stderr, /pretrace/)
      assert.deepEqual(linesIn('spans.jsonl'), [['first', 'last']])
    })
  }

  it('holds what was yet to be written when a signal came', async () => {
    /** Is ended when the only thread of the pool has other work to do before it writes. */
    const busy: App = async (library: string, file: string) => {
      const { pbkdf2 } = require('node:crypto')
      const handle = await require('node:fs/promises').open(file)
      const proto = Object.getPrototypeOf(handle)
      await handle.close()
      const { write } = proto
      proto.write = function (...args: unknown[]) {
        pbkdf2('', '', 300_000, 8, 'sha1', () => undefined)
        setImmediate(() => process.kill(process.pid, 'SIGTERM'))
        return write.apply(this, args)
      }
      require(library).tracer.startSpan('a').finish()
      setInterval(() => undefined, 1000)
    }
    const { signal, stderr } = await runNode(['-r', preload, '-e', sourceOf(busy, [root, __filename])], {
      env: {
        OTEL_TRACES_EXPORTER: 'otlp_file',
        PRETRACE_FILE: at('spans.jsonl'),
        OTEL_BSP_SCHEDULE_DELAY: '10',
        PRETRACE_EXIT_TIMEOUT: '20000',
        UV_THREADPOOL_SIZE: '1',
      },
    })
    assert.deepEqual([signal, stderr], ['SIGTERM', ''])
    assert.deepEqual(linesIn('spans.jsonl'), [['a']])
  })

  it('tells a user of a file that cannot be written', async () => {
    const env = { OTEL_TRACES_EXPORTER: 'otlp_file', PRETRACE_FILE: '/dev/full' }
    const { code, stderr } = await runNode(['-r', preload, '-e', sourceOf(app, [root, 'exit'])], { env })
    assert.equal(code, 3)
    assert.match(stderr, /^pretrace: no spans reach \/dev\/full: ENOSPC.*\n$/)
  })
})

describe('a file for which the room ends in the middle of a chunk', () => {
  /** Each chunk is larger than half of what a file of this process may hold. */
  const app: App = async (compiled: string, path: string, way: string) => {
    const { AppendFile } = require(compiled)
    const file = new AppendFile(path, { maxSize: 1e9, keep: 1 })
    const errors: string[] = []
    for (const text of ['a', 'b']) {
      const chunk = Buffer.from(`${text.repeat(3000)}\n`)
      try {
        if (way === 'at once') file.appendSync(chunk)
        else await file.append(chunk).done
      } catch (error) {
        errors.push((error as NodeJS.ErrnoException).code ?? '')
      }
    }
    console.log(errors.join())
  }

  for (const way of ['in its own time', 'at once']) {
    it(`holds whole chunks only, written ${way}`, () => {
      const source = sourceOf(app, [join(root, 'dist', 'src', 'export', 'append-file.js'), at('f'), way])
      // The limit of a shell stands in for a disk that is full: part of a chunk is written, then none.
      const limited = ['-c', 'ulimit -f 8 && exec "$@"', 'sh', process.execPath, '-e', source]
      const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' })
      assert.deepEqual([stdout, stderr], ['EFBIG\n', ''])
      assert.equal(readFileSync(at('f'), 'utf8').replace(/(.)\1+/g, '$1'), 'a\n')
      assert.equal(statSync(at('f')).size, 3001)
    })
  }
})

describe('a file with a beginning', () => {
  const chunk = (text: string): Buffer => Buffer.from(text)
  const append = (file: AppendFile, text: string): Promise<void> => file.append(chunk(text)).done

  it('has it once, whoever comes first', async () => {
    const files = Array.from({ length: 8 }, () => new AppendFile(at('f'), { maxSize: 1000, opening: '[' }))
    await Promise.all(files.map((file, index) => append(file, String(index))))
    assert.match(readFileSync(at('f'), 'utf8'), /^\[[0-7]{8}$/)
    assert.deepEqual(readdirSync(folder), ['f'])
  })

  it('has it at the end of a process too, and where the file was there but empty', () => {
    const bounds = { maxSize: 1000, opening: '[' }
    new AppendFile(at('new'), bounds).appendSync(chunk('a'))
    writeFileSync(at('empty'), '')
    new AppendFile(at('empty'), bounds).appendSync(chunk('a'))
    assert.deepEqual([readFileSync(at('new'), 'utf8'), readFileSync(at('empty'), 'utf8')], ['[a', '[a'])
  })

  it('takes no more than it may have, and nothing in part', async () => {
    const file = new AppendFile(at('f'), { maxSize: 5, opening: '[' })
    await append(file, 'abc')
    await assert.rejects(append(file, 'de'), /has reached the 5 bytes/)
    assert.throws(() => file.appendSync(chunk('de')), /has reached the 5 bytes/)
    await append(file, 'd')
    assert.equal(readFileSync(at('f'), 'utf8'), '[abcd')
  })

  it('may be a link to a device', async () => {
    symlinkSync('/dev/null', at('null'))
    await append(new AppendFile(at('null'), { maxSize: 5, opening: '[' }), 'ab')
    assert.ok(existsSync(at('null')))
  })
})
