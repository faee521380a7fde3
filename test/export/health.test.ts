/**
 * What is said of a backend over time.
 */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type { Outcome } from '../../src/export/answers.js'
import type { OutgoingRequest } from '../../src/export/exporter.js'
import { overflow, settle } from '../../src/export/health.js'
import { ledger } from '../../src/ledger.js'

const DOWN: Outcome = { kind: 'unreachable', why: 'connect ECONNREFUSED' }
const TAKEN: Outcome = { kind: 'accepted' }
const SECOND = 1000

let lines: string[] = []
let now = 0
let name = ''
let names = 0

beforeEach(() => {
  lines = []
  name = `backend-${names++}`
  const fs = require('node:fs') as typeof import('node:fs')
  mock.method(fs, 'writeSync', (_fd: number, text: string) => lines.push(text.replace(/^pretrace: |\n$/g, '')))
  mock.method(performance, 'now', () => now)
})
afterEach(() => mock.restoreAll())

function request(spans: number, url = 'http://user:hush@collector.test:4318/v1/traces'): OutgoingRequest {
  return { url, headers: {}, body: new Uint8Array(), spans, timeout: 1000 }
}

function after(seconds: number, outcome: Outcome, spans = 10): void {
  now += seconds * SECOND
  settle(name, request(spans), outcome)
}

const FAILING = 'no spans reach http://collector.test:4318: connect ECONNREFUSED'

describe('a failing backend', () => {
  it('is said at once, and again after a minute, not before, with what is lost', () => {
    after(0, DOWN)
    for (let i = 0; i < 59; i++) after(1, DOWN)
    assert.deepEqual(lines, [FAILING])
    after(1, DOWN)
    assert.deepEqual(lines, [FAILING, `${FAILING}; 610 are lost so far`])
  })

  it('that comes back is said with what was lost, in the queue too', () => {
    after(0, DOWN, 7)
    after(5, DOWN, 8)
    overflow(name)
    after(5, TAKEN)
    after(5, TAKEN)
    assert.deepEqual(lines, [FAILING, 'spans reach http://collector.test:4318 again; 16 were lost'])
  })

  it('that comes and goes is said no more than once a minute in all, and nothing lost is forgotten', () => {
    for (let i = 0; i < 24; i++) after(5, i % 2 === 0 ? DOWN : TAKEN)
    assert.deepEqual(lines, [FAILING, 'spans reach http://collector.test:4318 again; 10 were lost'])
    after(5, DOWN)
    after(5, TAKEN)
    assert.deepEqual(lines.slice(2), [
      `${FAILING}; 120 are lost so far`,
      'spans reach http://collector.test:4318 again; 120 were lost',
    ])
  })

  it('that fails unheard is made up for when there may be a line again', () => {
    after(0, DOWN)
    after(1, TAKEN)
    after(1, DOWN)
    after(1, TAKEN)
    after(116, TAKEN)
    assert.equal(lines.length, 2)
    after(1, TAKEN)
    after(100, TAKEN)
    assert.deepEqual(lines.slice(2), ['spans reach http://collector.test:4318, but 10 more were dropped'])
  })

  it('is nothing to one that works', () => {
    settle(`${name}-other`, request(5), DOWN)
    after(0, TAKEN)
    assert.equal(lines.length, 1)
  })

  it('behind a socket is named by that', () => {
    settle(name, request(5, 'unix:///run/c.sock:/v1/traces'), DOWN)
    assert.deepEqual(lines, ['no spans reach unix:///run/c.sock: connect ECONNREFUSED'])
  })
})

describe('a full queue', () => {
  it('is said once where the backend is not to blame', () => {
    after(0, TAKEN)
    for (let i = 0; i < 3; i++) overflow(name)
    assert.deepEqual(lines, [`spans are finished faster than ${name} takes them; some are dropped`])
  })

  it('is not said in the wake of a failure', () => {
    after(0, DOWN)
    after(1, TAKEN)
    overflow(name)
    assert.equal(lines.length, 2)
    after(120, TAKEN)
    assert.deepEqual(lines.slice(2), ['spans reach http://collector.test:4318, but 1 more were dropped'])
  })

  it('is counted, and the number said a minute later', () => {
    for (let i = 0; i < 300; i++) overflow(name)
    after(59, TAKEN)
    assert.equal(lines.length, 1)
    after(1, TAKEN)
    after(60, TAKEN)
    assert.deepEqual(lines.slice(1), ['spans reach http://collector.test:4318, but 300 more were dropped'])
  })
})

describe('a backend that takes a part', () => {
  it('is said once, and what it refused is counted as such', () => {
    const before = { exported: ledger.exported, rejected: ledger.dropped.rejected }
    for (let i = 0; i < 3; i++) after(1, { kind: 'accepted', rejected: 3, why: 'bad' })
    assert.equal(ledger.exported - before.exported, 21)
    assert.equal(ledger.dropped.rejected - before.rejected, 9)
    assert.deepEqual(lines, ['http://collector.test:4318 took only a part of the spans, 3 not: bad'])
  })

  it('may not say why', () => {
    after(0, { kind: 'accepted', rejected: 3, why: '' })
    assert.deepEqual(lines, ['http://collector.test:4318 took only a part of the spans, 3 not: it does not say why'])
  })

  it('may take all and have something to say', () => {
    for (let i = 0; i < 3; i++) after(1, { kind: 'accepted', why: 'old names' })
    assert.deepEqual(lines, ['http://collector.test:4318 took the spans, but says: old names'])
  })
})
