import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { withPreloads } from '../../src/cli/program.js'
import { environment } from '../../src/cli/run.js'
import { pretrace } from '../support/cli.js'
import { root } from '../support/run.js'

const COMMANDS = ['run', 'viewer', 'tail', 'doctor', 'demo']

describe('the command line', () => {
  it('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    assert.deepEqual(await pretrace(['--version']), { code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
  })

  it('lists its commands, asked or not', async () => {
    const { stdout, code } = await pretrace([])
    assert.equal(code, 0)
    for (const name of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} +\\w`, 'm'))
    assert.equal((await pretrace(['--help'])).stdout, stdout)
  })

  for (const name of COMMANDS) {
    it(`says what ${name} takes`, async () => {
      const { stdout, stderr, code } = await pretrace([name, '--help'])
      assert.deepEqual({ stderr, code }, { stderr: '', code: 0 })
      assert.match(stdout, new RegExp(`^pretrace ${name} `))
      assert.match(stdout, /^ {2}-h, --help +\w/m)
      assert.equal((await pretrace(['help', name])).stdout, stdout)
    })
  }

  const mistakes: readonly (readonly [args: readonly string[], line: string])[] = [
    [['rum'], 'there is no command rum; did you mean run? (pretrace --help)'],
    [['trace'], 'there is no command trace (pretrace --help)'],
    [['--versoin'], 'there is no option --versoin; did you mean --version? (pretrace --help)'],
    [['run', '--prot', '1', 'a.js'], 'run: there is no option --prot; did you mean --port? (pretrace run --help)'],
    [['run', '--port'], "run: option '-p, --port <value>' argument missing (pretrace run --help)"],
    [['run', '--port', 'x', 'a.js'], '--port x is not a number from 0 to 65535'],
    [['run'], 'run: what is to be run? (pretrace run app.js)'],
    [['tail', '--status', 'bad'], '--status bad is neither ok nor error'],
    [['tail', '--min-duration', 'long'], '--min-duration long is not a time, such as 250ms or 10s'],
    [['tail', 'not an address'], 'tail: not an address is not the address of a viewer, such as http://127.0.0.1:4319'],
    [['doctor', '--reports', '/nowhere'], 'doctor: there is no folder /nowhere'],
    [['toString'], 'there is no command toString (pretrace --help)'],
  ]
  for (const [args, line] of mistakes) {
    it(`says in one line what is wrong with ${args.join(' ')}`, async () => {
      const ran = await pretrace(args)
      assert.deepEqual(ran, { code: 2, signal: null, stdout: '', stderr: `pretrace: ${line}\n` })
    })
  }
})

describe('the environment of what is run', () => {
  const exportersWith = (OTEL_TRACES_EXPORTER?: string): string | undefined =>
    environment({ OTEL_TRACES_EXPORTER }, 'http://127.0.0.1:1').OTEL_TRACES_EXPORTER

  it('has the viewer beside the exporters that are wanted', () => {
    const cases = [undefined, '', 'otlp', 'none', 'console', 'zipkin, console,otlp'].map(exportersWith)
    assert.deepEqual(cases, ['otlp', 'otlp', 'otlp', 'otlp', 'console,otlp', 'zipkin, console,otlp'])
  })

  it('sends to the viewer, whatever backend is configured', () => {
    const env = environment({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere', PRETRACE_VIEWER: '1' }, 'http://v:1')
    assert.equal(env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'], 'http://v:1/v1/traces')
    assert.equal(env['PRETRACE_VIEWER'], undefined)
  })

  it('lets spans wait as long as somebody has said', () => {
    assert.equal(environment({ OTEL_BSP_SCHEDULE_DELAY: '9000' }, 'http://v:1')['OTEL_BSP_SCHEDULE_DELAY'], '9000')
    assert.equal(environment({}, 'http://v:1')['OTEL_BSP_SCHEDULE_DELAY'], '250')
  })

  it('has its preload first, and quotes what Node would split', () => {
    assert.equal(withPreloads('--max-old-space-size=99', '/a/b.js'), '--require /a/b.js --max-old-space-size=99')
    assert.equal(withPreloads(undefined, '/a b/"c".js'), String.raw`--require "/a b/\"c\".js"`)
    assert.equal(withPreloads('', String.raw`C:\a\b.js`), String.raw`--require "C:\\a\\b.js"`)
  })
})
