import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { satisfies } from 'semver'
import { inRange, isNewer } from '../../src/hooks/package-info.js'

const number = fc.oneof(fc.nat(12), fc.nat())
const version = fc
  .tuple(number, number, number, fc.constantFrom('', '', '', '-beta.1', '+build'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`)
const from = fc.oneof(
  number.map(String),
  fc.tuple(number, number).map((parts) => parts.join('.')),
  fc.tuple(number, number, number).map((parts) => parts.join('.')),
)
const below = fc.oneof(
  number.map(String),
  fc.tuple(number, number).map((parts) => parts.join('.')),
)
const plain = fc.tuple(from, below).map(([least, below]) => `>=${least} <${below}`)
const range = fc.oneof(
  plain,
  fc.tuple(plain, plain).map((parts) => parts.join(' || ')),
  fc.constantFrom('^5.0.0', '>=4.16 <5 || >=6', '*', '1.x'),
)

describe('a version in a range', () => {
  it('is there where semver says so', () => {
    fc.assert(
      fc.property(version, range, (version, range) => {
        assert.equal(inRange(version, range), satisfies(version, range, { includePrerelease: true }))
      }),
      { numRuns: 3000 },
    )
  })

  it('is there from the first bound, and no more at the second', () => {
    assert.equal(inRange('4.15.9', '>=4.16 <5'), false)
    assert.equal(inRange('4.16.0', '>=4.16 <5'), true)
    assert.equal(inRange('4.99.1', '>=4.16 <5'), true)
    assert.equal(inRange('5.0.0', '>=4.16 <5'), false)
    assert.equal(inRange('5.0.0-alpha.1', '>=4.16 <5'), false)
  })

  it('is nowhere if it is none', () => {
    assert.equal(inRange('next', '>=1 <2'), false)
  })
})

describe('a version that came out since', () => {
  const ranges = ['>=1 <2', '>=3 <5', '>=4 <4.11']

  it('lies beyond all that is known, and is taken for the last of that', () => {
    assert.equal(isNewer('5.0.0', '>=3 <5', ranges), true)
    assert.equal(isNewer('6.0.0-beta.1', '>=3 <5', ranges), true)
    assert.equal(isNewer('5.0.0', '>=1 <2', ranges), false)
    assert.equal(isNewer('5.0.0', '>=4 <4.11', ranges), false)
  })

  it('does not lie between, before, or where the end is not told', () => {
    assert.equal(isNewer('2.0.0', '>=3 <5', ranges), false)
    assert.equal(isNewer('0.1.0', '>=3 <5', ranges), false)
    assert.equal(isNewer('4.12.0', '>=3 <5', ranges), false)
    assert.equal(isNewer('9.0.0', '^1.0.0', ['^1.0.0']), false)
    assert.equal(isNewer('next', '>=3 <5', ranges), false)
  })
})
