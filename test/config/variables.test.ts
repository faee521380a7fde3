/**
 * Every variable of the table by every name: a good value has its effect, a bad one its line. The samples go by the kind
 * of value, so that a variable added to the table is tested without further ado.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/config/load.js'
import type { Type } from '../../src/config/types.js'
import { variables, type Config, type Variable } from '../../src/config/variables.js'
import { certificates } from '../support/certificates.js'

interface Sample {
  readonly good: string
  readonly value: unknown
  readonly bad: readonly string[]
  /** What is used instead of a bad one, where that is not the default. */
  readonly instead?: unknown
}

/** Names with a grammar of their own. */
const OWN: Readonly<Record<string, Sample>> = {
  JAEGER_TAGS: { good: 'a=1, b = ${NOWHERE:2}', value: { a: '1', b: '2' }, bad: ['a', ',', '=1'] },
  JAEGER_PROPAGATION: { good: 'jaeger,w3c', value: ['jaeger', 'tracecontext', 'baggage'], bad: ['nonsense', ','] },
  JAEGER_REPORTER_LOG_SPANS: { good: 'true', value: ['otlp', 'console'], bad: ['1', 'yes'] },
  JAEGER_SAMPLER_TYPE: { good: 'Probabilistic', value: 'probabilistic', bad: ['nonsense', 'lowerbound'] },
  JAEGER_SAMPLER_PARAM: { good: '2.5', value: 2.5, bad: ['-1', 'many', '1e999', '0x1'] },
  JAEGER_SAMPLER_MANAGER_HOST_PORT: {
    good: '[::1]:5778',
    value: '[::1]:5778',
    bad: ['host', 'http://host:1', 'host:x'],
  },
  JAEGER_SAMPLER_SAMPLING_PATH: { good: '/api/sampling', value: '/api/sampling', bad: ['sampling', '/a?b', '/a b'] },
  OTEL_TRACES_SAMPLER_ARG: {
    good: '2.5e-1',
    value: 0.25,
    bad: ['1.5', '-1', 'half', '0x1', '10%', 'a=b', 'endpoint='],
  },
  ...parentCases(
    'REMOTE_PARENT_SAMPLED',
    'REMOTE_PARENT_NOT_SAMPLED',
    'LOCAL_PARENT_SAMPLED',
    'LOCAL_PARENT_NOT_SAMPLED',
  ),
  PRETRACE_TRUST_INBOUND: {
    good: ' 10.0.0.0/8, !/public/*, host:*.local:80/x ,unix',
    value: ['10.0.0.0/8', '!/public/*', 'host:*.local:80/x', 'unix'],
    bad: [',', 'nonee', '10.0.0.0/33', '10.0.0', '::1/x', 'host:', 'host:a b', '!none', '!all', '!10.0.0.0/99'],
    instead: ['none'],
  },
  PRETRACE_VIEWER: { good: '8080', value: 8080, bad: ['maybe', '70000', '-1', '4319x'] },
  PRETRACE_SAMPLING_RULES: {
    good: 'get /health = 0, *=10/s',
    value: [{ method: 'GET', path: '/health', share: 0 }, { perSecond: 10 }],
    bad: [',', '*', '*=2', '*=fast/s', '/x=-1/s', 'GET health=1', 'name:=1', '=1'],
  },
}

function parentCases(...cases: readonly string[]): Readonly<Record<string, Sample>> {
  const sample: Sample = { good: 'Always_Off', value: 'always_off', bad: ['2', 'never', 'traceidratio'] }
  return Object.fromEntries(cases.map((name) => [`PRETRACE_${name}`, sample]))
}

function sampleFor(name: string, { label }: Type<unknown>, initial: unknown): Sample {
  const own = OWN[name]
  if (own !== undefined) return own
  const words = [...label.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
  const usual = new Set([initial, 'none'].flat())
  const other = words.find((word) => !usual.has(word)) ?? words[0] ?? ''
  const [, least, most] = /^integer (?:of at least|from) (\d+)(?: to (\d+))?/.exec(label) ?? []
  switch (true) {
    case label === 'text':
      return { good: ' some text ', value: 'some text', bad: [] }
    case label === '`true` or `false`':
      return { good: 'TRUE', value: true, bad: ['1', 'yes', 'truee'] }
    case label.startsWith('`true` or `false`, also'):
      return { good: 'On', value: true, bad: ['maybe', '2'] }
    case least !== undefined:
      return integers(Number(least), most === undefined ? undefined : Number(most))
    case label === 'host name or address':
      return { good: '[::1]', value: '::1', bad: ['a/b', 'me@host', 'host:1', '*=0.1'] }
    case label === 'list of hosts':
      return { good: 'a.test, .b.test 10.0.0.0/8', value: ['a.test', '.b.test', '10.0.0.0/8'], bad: [','] }
    case label.startsWith('list of `key=value`'):
      return { good: 'a=1%202, b = x=y ,', value: { a: '1 2', b: 'x=y' }, bad: ['a', '=1', 'a=%zz', 'good=1,bad', ','] }
    case label.startsWith('list of'):
      return { good: ` ${other.toUpperCase()},,${other}`, value: [other], bad: ['nonsense', ','] }
    case label === 'list':
      return { good: 'a, b,,', value: ['a', 'b'], bad: [',', ' , '] }
    case label.startsWith('URL of a proxy'):
      return { good: 'proxy:3128', value: 'http://proxy:3128/', bad: ['socks5://proxy', 'http://', 'a b', '%zz@proxy'] }
    case label.startsWith('URL'):
      return {
        good: 'http://host:1/x?y=z',
        value: 'http://host:1/x?y=z',
        bad: ['localhost:4318', 'ftp://host', 'http://'],
      }
    case label.startsWith('path of a PEM'):
      return { good: certificates.ca, value: certificates.ca, bad: ['/nowhere.pem', '/', __filename] }
    case label === 'number from 0 to 1':
      return { good: '2.5e-1', value: 0.25, bad: ['1.5', '-1', 'half', '0x1', '10%'] }
    case words.length > 0:
      return { good: other.toUpperCase(), value: other, bad: ['nonsense'] }
    default:
      throw new Error(`no sample is known for the kind of value "${label}"`)
  }
}

function integers(least: number, most: number | undefined): Sample {
  const good = most ?? least + 3
  const beyond = [String(least - 1), String((most ?? 2 ** 31 - 1) + 1)]
  return { good: String(good), value: good, bad: ['x', '1.5', '1e3', '0x10', '10s', ...beyond] }
}

const table = Object.entries(variables) as [keyof Config, Variable<unknown>][]
const names = table.flatMap(([key, entry]) => {
  const aliases = [entry, ...(entry.aliases ?? [])]
  return aliases.map(({ name, type }) => ({ key, entry, name, type: type ?? entry.type }))
})

describe('the variable', () => {
  for (const { key, entry, name, type } of names) {
    const { good, value, bad, instead = entry.default } = sampleFor(name, type, entry.default)

    it(`${name} has an effect`, () => {
      const lines: string[] = []
      assert.deepEqual(parseConfig({ [name]: good }, lines)[key], value)
      assert.deepEqual(lines, [])
      // Where a variable has one value only, having it is all the effect there is.
      if (!/^`[^`]+`$/.test(type.label)) assert.notDeepEqual(value, entry.default)
    })

    it(`${name} is as unset when empty`, () => {
      for (const empty of ['', ' ', '\t', undefined]) {
        const lines: string[] = []
        assert.deepEqual(parseConfig({ [name]: empty }, lines)[key], entry.default)
        assert.deepEqual(lines, [])
      }
    })

    for (const text of bad) {
      it(`${name}=${text} is said and replaced`, () => {
        const lines: string[] = []
        assert.deepEqual(parseConfig({ [name]: text }, lines)[key], instead)
        assert.equal(lines.length, 1, lines.join('\n'))
        assert.match(lines[0] ?? '', new RegExp(`^${name}[ =].*; using .+$`))
        assert.equal(lines[0]?.includes(`="${text.trim()}"`), entry.secret !== true)
      })
    }
  }
})

describe('the table', () => {
  it('names no variable twice', () => {
    assert.equal(new Set(names.map(({ name }) => name)).size, names.length)
  })

  it('says of each what it is for, in whole sentences', () => {
    for (const [, { name, meaning }] of table) assert.match(meaning, /^[A-Z`].*\.$/, name)
  })
})
