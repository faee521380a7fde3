/**
 * The page of figures.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Figures } from './figures.js'
import { figuresIn, newest, pageOf } from './page.js'

function figures(suite: string, more: Partial<Figures> = {}): Figures {
  return {
    suite,
    title: `About ${suite}`,
    says: 'All is well.',
    totals: { cases: 1200, lost: 0 },
    columns: ['Fault', 'Requests'],
    rows: [['a | b --> c', 34]],
    form: 'long',
    day: '2026-01-02',
    machine: 'Node v20',
    ...more,
  }
}

describe('the page of figures', () => {
  it('carries what it shows', () => {
    const all = [figures('load'), figures('ends', { form: 'short', totals: { slowest: 2.5 } })]
    assert.deepEqual(figuresIn(pageOf(all)), all)
  })

  it('adds up, but of the slowest shows the slowest', () => {
    const page = pageOf([
      figures('load', { totals: { cases: 1000, slowest: 3.5 } }),
      figures('ends', { totals: { cases: 234, slowest: 2 } }),
    ])
    assert.match(page, /^\| \*\*All\*\* \| 1,234 \| – \| – \| – \| – \| – \| – \| – \| 3.5 \|$/m)
    assert.match(page, /^\| a \\\| b --> c \| 34 \|$/m)
  })

  it('says which form it was', () => {
    assert.match(pageOf([figures('load', { form: 'short' })]), /Node v20\. The short form/)
    assert.doesNotMatch(pageOf([figures('load')]), /The short form, as/)
  })
})

describe('figures of several runs', () => {
  it('are the newest of each suite, in the order of the page', () => {
    const [old, young] = [figures('load', { day: '2026-01-01' }), figures('load', { day: '2026-01-03' })]
    assert.deepEqual(newest([old, figures('faults')], [figures('new one'), young]), [
      figures('faults'),
      young,
      figures('new one'),
    ])
  })

  it('of a short form never stand for those of a long one', () => {
    const [long, short] = [figures('load'), figures('load', { form: 'short' })]
    assert.deepEqual(newest([long], [short]), [long])
    assert.deepEqual(newest([short], [long]), [long])
    assert.deepEqual(newest([short], [short]), [short])
  })
})
