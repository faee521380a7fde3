/**
 * Many traces, and large ones: what is in the page is what can be seen.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { Browsing, hasCount, hasText, lists } from '../../support/browser.js'
import { recent, send, viewing } from '../../support/shown.js'
import type { Viewer } from '../../../viewer/server/index.js'

const TRACES = 10_000
const AT_ONCE = 1000
const SPANS = 5000
/** Rows that fit on the screen, with some above and below. */
const MOST_ROWS = 60
const LARGE = TRACES + 1

describe('many traces', () => {
  const browsing = new Browsing()
  let viewer: Viewer
  let page: Page

  before(async () => {
    viewer = await viewing()
    for (let first = 1; first <= TRACES; first += AT_ONCE) {
      const traces = Array.from({ length: AT_ONCE }, (_, index) =>
        recent(first + index, { name: `GET /${(first + index) % 7}`, kind: 'server', at: 0, took: 1 + (index % 50) }),
      )
      await send(viewer, ...traces)
    }
    const children = Array.from({ length: SPANS / 10 - 1 }, (_, index) => ({
      name: `batch ${index}`,
      at: index,
      took: 10,
      children: Array.from({ length: 9 }, (_, query) => ({ name: `query ${query}`, at: index + query, took: 0.5 })),
    }))
    await send(viewer, recent(LARGE, { name: 'GET /report', at: 0, took: 600, children }))
    page = await browsing.open(viewer.url)
  })

  it('can be worked with as soon as the newest are here; the rest follows', async (context) => {
    await page.goto('about:blank')
    const from = performance.now()
    await page.goto(viewer.url)
    await hasCount(page, '.trace-row', { atLeast: 10 })
    await page.keyboard.press('j')
    await hasCount(page, '.trace-row.is-current', 1)
    context.diagnostic(`usable after ${Math.round(performance.now() - from)} ms`)
    await lists(page, TRACES + 1)
    context.diagnostic(`all after ${Math.round(performance.now() - from)} ms`)
    const rows = await page.locator('.trace-row').count()
    assert.ok(rows <= MOST_ROWS, `${rows} rows in the page`)
  })

  it('can be scrolled to the last one, with as few in the page as before', async () => {
    await page.locator('.list').evaluate((list: { scrollTop: number; scrollHeight: number }) => {
      list.scrollTop = list.scrollHeight
    })
    await hasCount(page, `.trace-row[aria-rowindex="${TRACES + 1}"]`, 1)
    const rows = await page.locator('.trace-row').count()
    assert.ok(rows <= MOST_ROWS, `${rows} rows in the page`)
  })

  it('of which one has 5,000 spans, show no more of them than can be seen', async (context) => {
    const from = performance.now()
    await page.goto(`${viewer.url}/#/trace/a${LARGE.toString(16).padStart(31, '0')}`)
    await hasCount(page, '.span-row', { atLeast: 10 })
    context.diagnostic(`open after ${Math.round(performance.now() - from)} ms`)
    const few = async (): Promise<void> => {
      const rows = await page.locator('.span-row').count()
      assert.ok(rows <= MOST_ROWS, `${rows} rows in the page`)
    }
    await few()
    await page.keyboard.press('End')
    await hasText(page, '.span-row.is-selected .name', 'query 8')
    await few()
    await page.fill('[aria-label="Search in this trace"]', 'batch 250')
    await hasText(page, '.matches', '1')
    await page.keyboard.press('Enter')
    await hasText(page, '.span-row.is-selected .name', 'batch 250')
    await few()
  })

  it('scroll through such a trace frame by frame', async (context) => {
    const frames = await page.locator('.rows').evaluate(async (rows: { scrollTop: number }) => {
      const times: number[] = []
      let last = performance.now()
      for (let frame = 0; frame < 60; frame++) {
        rows.scrollTop += 300
        await new Promise((resolve) => requestAnimationFrame(resolve))
        times.push(performance.now() - last)
        last = performance.now()
      }
      return times.sort((a, b) => a - b)
    })
    context.diagnostic(`a frame took ${frames[30]?.toFixed(1)} ms in the median, ${frames[57]?.toFixed(1)} ms at p95`)
    await hasCount(page, '.span-row', { atLeast: 10 })
  })

  it('have nothing go wrong', () => browsing.check())
})

declare function requestAnimationFrame(callback: (time: unknown) => void): void
