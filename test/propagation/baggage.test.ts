import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { carriers } from '../../src/propagation/carriers.js'
import type { SpanContext } from '../../src/tracer/context.js'
import { contextOf, extract, formats, inject } from '../support/headers.js'

const baggage = formats('baggage')

describe('baggage', () => {
  const cases: readonly (readonly [value: unknown, expected: Readonly<Record<string, string>> | undefined])[] = [
    ['key1=value1,key2 = value2 ; prop1 ; prop2=x, key3=', { key1: 'value1', key2: 'value2', key3: '' }],
    [
      'userId=Am%C3%A9lie,serverNode=DF%2028,isProduction=false',
      { userId: 'Amélie', serverNode: 'DF 28', isProduction: 'false' },
    ],
    ['a=1=2', { a: '1=2' }],
    ['a=b%2Cc', { a: 'b,c' }],
    ['a=%zz', { a: '%zz' }],
    ['a=100%', { a: '100%' }],
    ['a=%FF', { a: '�' }],
    ['a=x%E9y%C3%A9', { a: 'x�yé' }],
    ['a=1, a=2', { a: '2' }],
    ['a=1+2', { a: '1+2' }],
    ['Key=1,key=2', { Key: '1', key: '2' }],
    ['a=1;=;;p', { a: '1' }],
    ['\t a \t=\t 1 \t', { a: '1' }],
    ["!#$%&'*+-.^_`|~=1", { "!#$%&'*+-.^_`|~": '1' }],
    [', foo=1', { foo: '1' }],
    [['a=1', 'b=2'], { a: '1', b: '2' }],
    ['a=%E4%BD%A0', { a: '你' }],
    ['a="quoted"', { a: '"quoted"' }],
    ['good=1,sp ace=1,=v,novalue,b=2', { good: '1', b: '2' }],
    ['=v', undefined],
    ['novalue', undefined],
    ['novalue;p=1', undefined],
    ['sp ace=1', undefined],
    ['schlüssel=1', undefined],
    ['a(b)=1', undefined],
    [',', undefined],
    [';', undefined],
    ['', undefined],
    ['=', undefined],
    [5, undefined],
    [[], undefined],
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)}`, () => {
      const context = expected === undefined ? null : { sampling: 'undecided', baggage: expected }
      assert.deepEqual(extract(baggage, { baggage: value }), context)
    })
  }

  it('takes 64 members of many', () => {
    const header = Array.from({ length: 200 }, (_, index) => `k${index}=v`).join(',')
    const found = extract(baggage, { baggage: header })?.baggage ?? {}
    assert.equal(Object.keys(found).length, 64)
    assert.equal(found['k63'], 'v')
  })

  it('takes the members that stand whole in a header that is absurdly long', () => {
    const found = extract(baggage, { baggage: `a=1,b=2,c=${'x'.repeat(1_000_000)}` })?.baggage
    assert.deepEqual(found, { a: '1', b: '2' })
    assert.equal(extract(baggage, { baggage: `c=${'x'.repeat(1_000_000)}` }), null)
  })

  it('is written percent-encoded', () => {
    const items = { user: 'Zoë 1', list: 'a,b;c\\"d', percent: '100%', equals: '1=2', empty: '', lone: 'x\ud800y' }
    assert.deepEqual(inject(baggage, contextOf({ baggage: items })), {
      baggage: 'user=Zo%C3%AB%201,list=a%2Cb%3Bc%5C%22d,percent=100%25,equals=1%3D2,empty=,lone=x%EF%BF%BDy',
    })
  })

  it('leaves out keys that no member can have', () => {
    const items = { 'a b': '1', ä: '2', '': '3', 'x,y': '4', good: '5' }
    assert.deepEqual(inject(baggage, contextOf({ baggage: items })), { baggage: 'good=5' })
  })

  it('is not written when empty', () => {
    assert.deepEqual(inject(baggage, contextOf({ baggage: {} })), {})
    assert.deepEqual(inject(baggage, contextOf({ baggage: { 'a b': '1' } })), {})
    assert.deepEqual(inject(baggage, contextOf({})), {})
  })

  it('drops whole members from the right beyond 64 members or 8192 bytes', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 'v']))
    assert.equal(inject(baggage, contextOf({ baggage: many }))['baggage']?.split(',').length, 64)
    const long = { a: 'x'.repeat(4000), b: 'y'.repeat(4000), c: 'z'.repeat(4000) }
    assert.equal(inject(baggage, contextOf({ baggage: long }))['baggage'], `a=${long.a},b=${long.b}`)
    const whole = { a: 'x'.repeat(8190) }
    assert.equal(inject(baggage, contextOf({ baggage: whole }))['baggage']?.length, 8192)
  })

  it('is independent of ids', () => {
    const context = contextOf({ trace: { traceId: '' }, span: '', sampling: 'undecided', baggage: { a: '1' } })
    assert.deepEqual(inject(baggage, context), { baggage: 'a=1' })
  })

  it('passes the properties of a member on, as long as its value stays', () => {
    const { extract, inject } = carriers(baggage)
    const header = 'a=1;p=x;q,b=2 ; r ,c=3,d=4;ö'
    const context = extract('http_headers', { baggage: header }) as SpanContext
    const out: Record<string, string> = {}
    inject(context, 'http_headers', out)
    assert.equal(out['baggage'], 'a=1;p=x;q,b=2; r,c=3,d=4')
    inject(
      context.withBaggage(
        new Map([
          ['a', '9'],
          ['b', '2'],
        ]),
      ),
      'http_headers',
      out,
    )
    assert.equal(out['baggage'], 'a=9,b=2; r')
  })
})
