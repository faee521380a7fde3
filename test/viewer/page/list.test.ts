import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { Browsing, hasAddress, hasCount, hasText, isScrolledTo, lists, picture, texts } from '../../support/browser.js'
import { recent, send, viewing } from '../../support/shown.js'
import type { Viewer } from '../../../viewer/server/index.js'

const ROW = '.trace-row'
const NAME = '.trace-row .name'

/** Thirty traces: ten a service, the last of each failed, durations 1 to 30 ms. */
const traces = Array.from({ length: 30 }, (_, index) => {
  const service = ['shop', 'stock', 'price'][index % 3] as string
  return recent(index + 1, {
    name: `GET /${service}/${index}`,
    service,
    kind: 'server',
    at: 0,
    took: index + 1,
    tags: { 'customer.tier': index % 2 === 0 ? 'gold' : 'silver' },
    ...(index >= 27 && { error: 'out of stock' }),
  })
})

describe('the list of traces', () => {
  const browsing = new Browsing()
  let viewer: Viewer
  let page: Page

  before(async () => {
    viewer = await viewing()
    await send(viewer, ...traces)
    page = await browsing.open(viewer.url)
  })

  async function at(address: string): Promise<void> {
    // Another hash alone would be no new page.
    await page.goto('about:blank')
    await page.goto(`${viewer.url}/#/${address}`)
  }

  it('shows the newest first, with the marks of those that failed', async () => {
    await hasCount(page, ROW, { atLeast: 10 })
    assert.equal((await texts(page, NAME))[0], 'GET /price/29')
    await hasCount(page, `${ROW}.is-failed`, 3)
    assert.match((await page.textContent('.list-count')) ?? '', /^30 traces$/)
  })

  it('is filtered by service, and the address says so', async () => {
    await at('traces')
    await page.selectOption('[aria-label=Service]', 'stock')
    await hasAddress(page, 'service=stock')
    await hasCount(page, ROW, 10)
    for (const name of await texts(page, NAME)) assert.match(name, /^GET \/stock\//)
  })

  it('is filtered by status, duration, tag, operation and text', async () => {
    await at('traces')
    await page.getByText('Failed', { exact: true }).click()
    await hasCount(page, ROW, 3)
    await at('traces')
    await page.fill('[aria-label^="At least"]', '25.5')
    await hasCount(page, ROW, 5)
    await page.fill('[aria-label^="At most"]', '28.5')
    await hasCount(page, ROW, 3)
    await at('traces')
    await page.fill('[aria-label=Tag]', 'customer.tier=gold')
    await page.keyboard.press('Enter')
    await hasCount(page, ROW, 15)
    await page.fill('[aria-label=Operation]', 'GET /shop/6')
    await hasCount(page, ROW, 1)
    await at('traces')
    await hasCount(page, ROW, { atLeast: 10 })
    await page.keyboard.press('/')
    await page.keyboard.type('OUT OF stock')
    await hasCount(page, ROW, 3)
  })

  it('tells what to do where no trace fits, and shows all again', async () => {
    await at('traces?text=nothing+like+that')
    await page.getByText('No trace fits this filter').waitFor()
    await page.getByText('Show all traces').click()
    await hasCount(page, ROW, { atLeast: 10 })
  })

  it('comes back as it was by its address', async () => {
    await at('traces?service=shop&tag=customer.tier%3Dgold&minDuration=5&sort=slowest')
    await hasCount(page, ROW, 4)
    assert.deepEqual(await texts(page, NAME), ['GET /shop/24', 'GET /shop/18', 'GET /shop/12', 'GET /shop/6'])
    assert.equal(await page.inputValue('[aria-label=Service]'), 'shop')
    assert.equal(await page.inputValue('[aria-label^="At least"]'), '5')
    await page.getByRole('button', { name: 'Remove tag customer.tier=gold' }).click()
    await hasCount(page, ROW, 8)
    await page.getByText('Clear all').click()
    await hasCount(page, ROW, { atLeast: 10 })
  })

  it('follows a selection in the plot', async () => {
    await at('traces')
    await hasCount(page, ROW, { atLeast: 10 })
    const plot = await page.locator('.scatter').boundingBox()
    assert.ok(plot)
    // The upper half, in which those that took longer are.
    await page.mouse.move(plot.x + 60, plot.y + 4)
    await page.mouse.down()
    await page.mouse.move(plot.x + plot.width - 4, plot.y + plot.height / 2, { steps: 4 })
    await page.locator('.scatter .selection').waitFor()
    await page.mouse.up()
    await hasAddress(page, 'maxDuration=')
    await lists(page, { fewerThan: 30 })
    const some = Number(await page.getAttribute('.list', 'data-count'))
    assert.ok(some > 0 && some < 30, `${some} of 30`)
    await page.keyboard.press('Escape')
    await lists(page, 30)
  })

  it('is walked through and opened by keys', async () => {
    await at('traces')
    await hasCount(page, ROW, { atLeast: 10 })
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('k')
    assert.deepEqual(await texts(page, `${ROW}.is-current .name`), ['GET /stock/28'])
    await page.keyboard.press('Enter')
    await hasAddress(page, `/trace/${traces[28]?.id}`)
    await page.goBack()
    await hasCount(page, ROW, { atLeast: 10 })
  })

  it('holds what arrives while it is paused, and shows it afterwards', async () => {
    await at('traces')
    await hasCount(page, ROW, { atLeast: 10 })
    await page.keyboard.press('p')
    await send(viewer, recent(100, { name: 'while paused', at: 0, took: 1 }))
    await page.getByText('1 waiting').waitFor()
    assert.equal((await texts(page, NAME))[0], 'GET /price/29')
    await page.keyboard.press('p')
    await hasText(page, NAME, 'while paused')
  })

  it('leaves in its place what is being read while new ones arrive above it', async () => {
    await at('traces')
    await hasCount(page, ROW, { atLeast: 10 })
    await page.locator('.list').evaluate((list: { scrollTop: number }) => (list.scrollTop = 440))
    const row = page.locator(`[data-trace="${traces[15]?.id}"]`)
    await row.waitFor()
    const before = await row.boundingBox()
    await send(viewer, recent(101, { name: 'above', at: 0, took: 1 }))
    await lists(page, 32)
    await isScrolledTo(page, '.list', 484)
    assert.equal((await row.boundingBox())?.y, before?.y)
  })

  it('goes on with new ones that fit the filter', async () => {
    await at('traces?service=billing')
    await page.getByText('No trace fits this filter').waitFor()
    await send(viewer, recent(102, { name: 'POST /bill', service: 'billing', at: 0, took: 1 }))
    await hasCount(page, ROW, 1)
  })

  it('says where to send traces while there are none', async () => {
    const empty = await viewing()
    const page = await browsing.open(empty.url)
    await page.getByText('Waiting for the first trace').waitFor()
    assert.match((await page.textContent('.empty pre')) ?? '', new RegExp(`=${empty.url} `))
    await picture(page, 'empty')
    await send(empty, recent(1, { name: 'the first', at: 0, took: 1 }))
    await hasCount(page, ROW, 1)
  })

  it('opens a file', async () => {
    const span = { traceId: 'abcdef0123456789', id: '1111111111111111', name: 'filed', timestamp: 1e15, duration: 5000 }
    const file = (name: string, json: unknown) => ({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(json)),
    })
    await at('traces')
    await page.setInputFiles('input[type=file]', file('traces.json', [span]))
    await hasAddress(page, '/trace/abcdef0123456789')
    await page.getByText('One trace, 1 span (zipkin).').waitFor()
    await page.setInputFiles('input[type=file]', file('no.json', {}))
    await page.getByText('no.json: this is neither').waitFor()
    // The browser itself reports the refusal, which the page has told.
    const refusals = browsing.problems.filter((problem) => /status of 400/.test(problem))
    assert.equal(refusals.length, 1)
    browsing.problems.splice(browsing.problems.indexOf(refusals[0] as string), 1)
  })

  it('has nothing go wrong, and asks nobody else', () => browsing.check())
})
