import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { byRules } from '../../src/sampling/rules.js'
import { alwaysOff, alwaysOn, type Sampler } from '../../src/sampling/sampler.js'
import { assertShare, circumstances, decisionOf, ids, keeps, samplerFrom } from '../support/sampling.js'

const ruled = (rules: string, env: Readonly<Record<string, string>> = {}): Sampler =>
  samplerFrom({ PRETRACE_SAMPLING_RULES: rules, OTEL_SERVICE_NAME: 'cart', ...env })

/** Whether a request received is kept. */
const keepsRequest = (sampler: Sampler, request: string): boolean => {
  const [name = '', target = ''] = request.split(' ')
  return decisionOf(sampler, { name, target }) === 'accepted'
}

/** Of requests, those that `pattern` fits. */
const fitting = (pattern: string, requests: readonly string[]): string[] => {
  const sampler = ruled(`${pattern}=1,*=0`)
  return requests.filter((request) => keepsRequest(sampler, request))
}

describe('a sampling rule', () => {
  it('of a path fits that path, whatever the query and the method', () => {
    assert.deepEqual(
      fitting('/health', [
        'GET /health',
        'POST /health?deep=1',
        'GET /healthy',
        'GET /x/health',
        'GET /Health',
        'GET /',
      ]),
      ['GET /health', 'POST /health?deep=1'],
    )
  })

  it('of a method and a path fits both', () => {
    assert.deepEqual(fitting('GET /health', ['GET /health', 'POST /health', 'HEAD /health']), ['GET /health'])
    assert.deepEqual(fitting('POST', ['GET /x', 'POST /x']), ['POST /x'])
  })

  it('with /* at its end fits all that is below, and the path itself', () => {
    assert.deepEqual(
      fitting('/checkout/*', ['GET /checkout', 'GET /checkout/', 'GET /checkout/a/b?c', 'GET /checkouts', 'GET /']),
      ['GET /checkout', 'GET /checkout/', 'GET /checkout/a/b?c'],
    )
  })

  it('with * fits any text there, and with a parameter one segment', () => {
    assert.deepEqual(fitting('/*.css', ['GET /a/b.css', 'GET /a.css', 'GET /a.css/b', 'GET /acss']), [
      'GET /a/b.css',
      'GET /a.css',
    ])
    assert.deepEqual(fitting('/users/:id/{part}', ['GET /users/7/pic', 'GET /users/7', 'GET /users//pic']), [
      'GET /users/7/pic',
    ])
  })

  it('takes every other character as it is', () => {
    assert.deepEqual(fitting('/a.b+(c)[d]$^', ['GET /a.b+(c)[d]$^', 'GET /axb+(c)[d]$^', 'GET /a.bb(c)d']), [
      'GET /a.b+(c)[d]$^',
    ])
  })

  it('sees the path of a request to a proxy', () => {
    assert.deepEqual(fitting('/x', ['GET http://host:1/x?y', 'GET http://host/y', 'GET https://host/x']), [
      'GET http://host:1/x?y',
      'GET https://host/x',
    ])
    assert.deepEqual(fitting('/', ['GET http://host', 'GET /']), ['GET http://host', 'GET /'])
  })

  it('of a path does not fit a span that no request began', () => {
    const sampler = ruled('/*=0,GET=0,*=1')
    assert.equal(decisionOf(sampler, { name: 'GET' }), 'accepted')
    assert.equal(decisionOf(sampler, { name: 'GET', target: '/x' }), 'denied')
  })

  it('of a name fits the span’s', () => {
    const sampler = ruled('name:nightly *=1,name:tick=1,*=0')
    const kept = ['nightly report', 'nightly', 'tick', 'tick tock'].filter(
      (name) => decisionOf(sampler, { name }) === 'accepted',
    )
    assert.deepEqual(kept, ['nightly report', 'tick'])
  })

  it('of a service is for that service alone', () => {
    const rules = 'service:cart /x=0,service:c*t /y=0,service:web=0,*=1'
    for (const [service, kept] of [
      ['cart', ['GET /z']],
      ['coat', ['GET /x', 'GET /z']],
      ['web', []],
      ['other', ['GET /x', 'GET /y', 'GET /z']],
    ] as const) {
      const sampler = ruled(rules, { OTEL_SERVICE_NAME: service })
      assert.deepEqual(
        ['GET /x', 'GET /y', 'GET /z'].filter((request) => keepsRequest(sampler, request)),
        kept,
        service,
      )
    }
  })
})

describe('sampling rules', () => {
  it('go by the first that fits, else by the sampler', () => {
    const requests = ['GET /a', 'GET /a/b', 'GET /c']
    const kept = (env: Readonly<Record<string, string>>): string[] => {
      const sampler = ruled('/a/b=0,/a/*=1', env)
      return requests.filter((request) => keepsRequest(sampler, request))
    }
    assert.deepEqual(kept({}), ['GET /a', 'GET /c'])
    assert.deepEqual(kept({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }), ['GET /a'])
    assert.deepEqual(kept({ OTEL_TRACES_SAMPLER: 'always_off' }), ['GET /a'])
  })

  it('are asked where no parent has decided', () => {
    const sampler = ruled('*=0')
    assert.equal(decisionOf(sampler, { parent: 'accepted', target: '/' }), 'accepted')
    assert.equal(decisionOf(sampler, { parent: 'undecided', target: '/' }), 'denied')
    assert.equal(decisionOf(ruled('*=0', { OTEL_TRACES_SAMPLER: 'always_on' }), { parent: 'accepted' }), 'denied')
    assert.equal(decisionOf(ruled('*=0', { OTEL_TRACES_SAMPLER: 'always_on' }), { parent: 'debug' }), 'debug')
  })

  it('keep their shares, the same traces in every service and more with a larger share', () => {
    const [small, large] = [ruled('*=0.1'), ruled('*=0.3', { OTEL_SERVICE_NAME: 'other' })]
    const kept = ids.filter((id) => keeps(small, id))
    assertShare(kept.length, ids.length, 0.1)
    assertShare(ids.filter((id) => keeps(large, id)).length, ids.length, 0.3)
    assert.ok(kept.every((id) => keeps(large, id)))
  })

  it('keep so many a second', () => {
    const clock = circumstances()
    const sampler = byRules([{ path: '/x', perSecond: 3 }], 'cart', alwaysOff, clock)
    clock.time = 5000
    const kept = Array.from({ length: 10 }, () => keepsRequest(sampler, 'GET /x')).filter(Boolean).length
    assert.equal(kept, 3)
    assert.equal(keepsRequest(byRules([], 'cart', alwaysOn), 'GET /x'), true)
  })
})
