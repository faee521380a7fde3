/**
 * The page while HotROD drives. `PICTURES=docs` has the pictures of the documentation taken anew.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { Browsing, hasAddress, hasCount, hasText, picture, texts } from '../../support/browser.js'
import { Hotrod } from '../../support/hotrod.js'
import { root } from '../../support/run.js'
import { viewing } from '../../support/shown.js'
import type { Viewer } from '../../../viewer/server/index.js'

const ROW = '.trace-row'
const CUSTOMERS = [123, 392, 567, 731]
const RIDES = 4
const isForDocs = process.env['PICTURES'] === 'docs'

describe('the page while HotROD drives', () => {
  const browsing = new Browsing()
  let viewer: Viewer
  let hotrod: Hotrod
  let page: Page
  let dark: Page

  before(async () => {
    viewer = await viewing()
    hotrod = await Hotrod.start(viewer.url)
    page = await browsing.open(viewer.url)
  })
  after(() => hotrod?.stop())

  /** As on any day: now and then somebody asks for what is not there. */
  async function aLivelyHour(): Promise<void> {
    for (let order = 0; order < 60; order++) {
      await sleep(Math.random() * 500)
      if (order % 11 === 7) await (await fetch(hotrod.url)).text()
      else await hotrod.ride(order % 13 === 5 ? 999 : CUSTOMERS[order % CUSTOMERS.length])
    }
  }

  async function at(address: string): Promise<void> {
    await page.goto(`${viewer.url}/#/${address}`)
    if (dark !== undefined) await dark.goto(`${viewer.url}/#/${address}`)
  }

  async function pictures(name: string): Promise<void> {
    for (const [theme, page_] of Object.entries({ light: page, dark })) {
      await picture(page_, `${name}-${theme}`)
      if (isForDocs) await documented(page_, `${name}-${theme}`)
    }
  }

  it('fills with rides, each whole, without being asked', async () => {
    await page.getByText('Waiting for the first trace').waitFor()
    if (isForDocs) await aLivelyHour()
    for (let ride = 0; ride < RIDES; ride++) await hotrod.ride(CUSTOMERS[ride % CUSTOMERS.length])
    await hasCount(page, ROW, { atLeast: 4 })
    await hasText(page, `${ROW} .name`, 'GET /dispatch')
    await hasCount(page, `${ROW}:first-child .service`, 4)
    assert.deepEqual(await texts(page, `${ROW}:first-child .service-name`), ['frontend', 'customer', 'driver', 'route'])
  })

  it('is light or dark as the system has it, unless chosen', async () => {
    dark = await browsing.open(viewer.url, { colorScheme: 'dark' })
    await hasCount(dark, ROW, { atLeast: 4 })
    const ground = (page: Page): Promise<string> =>
      page.locator('.top').evaluate((top: object) => getComputedStyle(top).backgroundColor)
    assert.equal(await ground(page), 'rgb(255, 255, 255)')
    assert.equal(await ground(dark), 'rgb(23, 26, 31)')
    await dark.keyboard.press('t')
    await dark.locator('html[data-theme=light]').waitFor({ state: 'attached' })
    assert.equal(await ground(dark), 'rgb(255, 255, 255)')
    await dark.reload()
    await hasCount(dark, ROW, { atLeast: 4 })
    assert.equal(await ground(dark), 'rgb(255, 255, 255)')
    await dark.keyboard.press('t')
    await dark.locator('html[data-theme=dark]').waitFor({ state: 'attached' })
    await pictures('list')
  })

  it('shows a ride as a waterfall across the four services', async () => {
    await page.locator(`${ROW} .what a`).first().click()
    await hasAddress(page, '/trace/')
    await hasCount(page, '.span-row', { atLeast: 20 })
    assert.deepEqual((await texts(page, '.legend .service-name')).sort(), ['customer', 'driver', 'frontend', 'route'])
    await at(new URL(page.url()).hash.slice(2))
    await hasCount(dark, '.span-row', { atLeast: 20 })
    await pictures('trace')
    for (const one of [page, dark]) {
      await one.locator('.span-row', { hasText: 'SELECT hotrod.rides' }).click()
      await one.locator('.details', { hasText: 'Statement' }).waitFor()
    }
    await pictures('span')
    const path = new URL(page.url()).hash.slice(2).replace(/\?.*/, '')
    await at(`${path}?view=flame`)
    for (const one of [page, dark]) await hasCount(one, '.flame-box', { atLeast: 8 })
    await pictures('flame')
    await at(`${path}?view=statistics`)
    for (const one of [page, dark]) await hasCount(one, '.statistics tbody tr', { atLeast: 8 })
    await pictures('statistics')
  })

  it('shows who calls whom, and what of a service by a click', async () => {
    await at('map')
    for (const one of [page, dark]) await hasCount(one, '.node', 6)
    await hasCount(page, '.edge', 5)
    await pictures('map')
    await page.getByRole('button', { name: /^driver, service/ }).click()
    await page.locator('.node-panel', { hasText: 'redis' }).waitFor()
    await hasAddress(page, 'node=')
    await page.locator('.node-panel').getByRole('link', { name: 'Traces' }).click()
    await hasAddress(page, 'traces?service=driver')
    await hasCount(page, ROW, { atLeast: 4 })
  })

  it('shows every route with its rate, its errors and its latencies', async () => {
    await at('endpoints')
    for (const one of [page, dark]) await hasCount(one, '.table tbody tr', { atLeast: 4 })
    assert.ok((await texts(page, '.table .operation')).includes('driver GET /findNearest'))
    await hasCount(page, '.sparkline', { atLeast: 4 })
    await hasCount(page, '.histogram', { atLeast: 4 })
    await pictures('endpoints')
    await page.getByText('Calls', { exact: true }).click()
    await page.locator('.operation', { hasText: 'HGETALL' }).waitFor()
    await page.locator('.operation', { hasText: 'HGETALL' }).click()
    await hasAddress(page, 'operation=HGETALL')
    await hasCount(page, ROW, { atLeast: 4 })
  })

  it('names the N+1 and the slow query, and leads to them', async () => {
    await at('insights')
    for (const one of [page, dark]) {
      await one.locator('.insight.is-n-plus-one', { hasText: 'HGETALL' }).waitFor()
      await one.locator('.insight.is-slow-query', { hasText: 'hotrod.rides' }).waitFor()
    }
    await pictures('insights')
    await page.locator('.insight.is-n-plus-one').getByText('Look at one').click()
    await hasText(page, '.span-row.is-selected .name', 'HGETALL')
  })

  it('is of use on a narrow screen', async () => {
    const narrow = await browsing.open(viewer.url, { viewport: { width: 390, height: 800 } })
    await hasCount(narrow, ROW, { atLeast: 3 })
    await picture(narrow, 'narrow-list')
    const isWider = (): Promise<boolean> =>
      narrow.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    assert.equal(await isWider(), false)
    await narrow.locator(`${ROW} .what a`).first().click()
    await narrow.locator('.span-row').first().click()
    await narrow.locator('.details').waitFor()
    assert.equal(await isWider(), false)
    await picture(narrow, 'narrow-trace')
  })

  it('has nothing go wrong, and asks nobody else', () => browsing.check())
})

/** What the documentation shows, and how high that is. */
const DOCUMENTED = new Map([
  ['list-light', 760],
  ['span-dark', 860],
  ['map-light', 560],
  ['insights-dark', 580],
])

async function documented(page: Page, name: string): Promise<void> {
  const height = DOCUMENTED.get(name)
  if (height === undefined) return
  await page.setViewportSize({ width: 1280, height })
  await page.screenshot({ path: join(root, 'docs', 'images', `viewer-${name}.png`), animations: 'disabled' })
  await page.setViewportSize({ width: 1440, height: 900 })
}

declare function getComputedStyle(element: object): { readonly backgroundColor: string }
declare const document: { readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number } }
