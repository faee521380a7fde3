/**
 * Spans come from whoever can reach the viewer. Nothing in them may be more than text.
 */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { Browsing, clipboard, hasCount, picture } from '../../support/browser.js'
import { recent, send, viewing } from '../../support/shown.js'
import type { Sketch } from '../../support/traces.js'
import type { Viewer } from '../../../viewer/server/index.js'

const SCRIPT = `"><img src="http://127.0.0.1:9/x.png" onerror="alert(1)"><script>alert(2)</script><svg onload=alert(3)>`
const ESCAPES = 'a\u001b[31mred\u0000\u202edesrever\u2028line\u200bhidden'
const LONG = 'x'.repeat(1_000_000)
const DEPTH = 500

function chain(depth: number): Sketch {
  let sketch: Sketch = { name: `level ${depth}`, at: 0, took: 1 }
  for (let level = depth - 1; level > 0; level--)
    sketch = { name: `level ${level}`, at: 0, took: 1, children: [sketch] }
  return sketch
}

describe('hostile spans', () => {
  const browsing = new Browsing()
  const scripted = recent(1, {
    name: SCRIPT,
    service: `${SCRIPT} & sons`,
    kind: 'server',
    at: 0,
    took: 10,
    error: SCRIPT,
    scope: SCRIPT,
    tags: {
      [SCRIPT]: SCRIPT,
      'http.url': 'javascript:alert(4)',
      __proto__x: 'x',
      constructor: 'y',
      'db.statement': SCRIPT,
    },
    logs: [{ time: Date.now(), name: SCRIPT, tags: { [SCRIPT]: SCRIPT } }],
    children: [
      {
        name: 'GET',
        service: ESCAPES,
        kind: 'client',
        at: 1,
        took: 2,
        tags: { 'peer.service': SCRIPT },
        error: ESCAPES,
      },
      { name: LONG.slice(0, 5000), service: LONG.slice(0, 3000), at: 2, took: 1, tags: { long: LONG } },
    ],
  })
  const deep = recent(2, chain(DEPTH))
  let viewer: Viewer
  let page: Page

  before(async () => {
    viewer = await viewing()
    await send(viewer, scripted, deep)
    page = await browsing.open(viewer.url, { permissions: ['clipboard-read', 'clipboard-write'] })
  })

  const spanOf = (name: string): string => scripted.spans.find((span) => span.name.startsWith(name))?.id ?? ''

  it('are text in the list', async () => {
    await hasCount(page, '.trace-row', 2)
    assert.ok(((await page.textContent('.list')) ?? '').includes('<script>alert(2)</script>'))
    await hasCount(page, 'img, .list svg[onload], script:not([src])', 0)
    await picture(page, 'hostile-list')
  })

  it('are text in a trace, in every view of it', async () => {
    await page.goto(`${viewer.url}/#/trace/${scripted.id}?span=${spanOf('">')}`)
    await page.locator('.details').waitFor()
    assert.ok(((await page.textContent('.details')) ?? '').includes('<svg onload=alert(3)>'))
    await picture(page, 'hostile-trace')
    for (const view of ['flame', 'statistics']) {
      await page.goto(`${viewer.url}/#/trace/${scripted.id}?view=${view}`)
      await page.locator(`.${view}`).waitFor()
    }
    await hasCount(page, 'img, script:not([src])', 0)
    await hasCount(page, 'a[href^="javascript"]', 0)
  })

  it('are text on the map, among the endpoints and in the insights', async () => {
    for (const [view, sign] of [
      ['map', '.node'],
      ['endpoints', '.table tbody tr'],
      ['insights', '.view'],
    ]) {
      await page.goto(`${viewer.url}/#/${view}`)
      await page
        .locator(sign as string)
        .first()
        .waitFor()
      await hasCount(page, 'img, script:not([src])', 0)
    }
  })

  it('have their control characters and reordering marks shown as escapes', async () => {
    await page.goto(`${viewer.url}/#/trace/${scripted.id}?span=${spanOf('GET')}`)
    const callout = page.locator('.callout.is-error')
    await callout.waitFor()
    assert.equal(
      ((await callout.textContent()) ?? '').trim(),
      String.raw`a\x1b[31mred\x00\u202edesrever\u2028line\u200bhidden`,
    )
  })

  it('show the beginning of what is long, and more of it when asked', async () => {
    await page.goto(`${viewer.url}/#/trace/${scripted.id}?span=${spanOf('xxx')}`)
    const cell = page.locator('.tags td').first()
    await cell.waitFor()
    const shown = (): Promise<number> => cell.evaluate(({ textContent }: { textContent: string }) => textContent.length)
    const first = await shown()
    assert.ok(first < 3000, `${first} characters`)
    await cell.getByText('more characters').click()
    await cell.getByText(/ more characters/).waitFor()
    assert.ok((await shown()) > 40_000)
  })

  it('may be nested as deep as they like', async () => {
    await page.goto(`${viewer.url}/#/trace/${deep.id}`)
    await page.locator('.span-row').first().waitFor()
    await page.keyboard.press('End')
    await page.locator('.span-row.is-selected', { hasText: `level ${DEPTH}` }).waitFor()
    const before = (await page.locator('.span-row.is-selected .name').boundingBox())?.width ?? 0
    assert.ok(before > 20, 'the name is seen')
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByRole('menuitem', { name: 'As Markdown' }).click()
    await page.locator('.toast').waitFor()
    assert.match(await clipboard(page), /… and \d+ more spans/)
    await page.goto(`${viewer.url}/#/trace/${deep.id}?view=flame`)
    await page.locator('.flame-box').first().waitFor()
  })

  it('in an address do no harm either', async () => {
    await page.goto(`${viewer.url}/#/trace/%E0%A4%A?span=${encodeURIComponent(SCRIPT)}&zoom=x-y&fold=-1&view=${SCRIPT}`)
    await page.locator('.empty').waitFor()
    await page.goto(`${viewer.url}/#/${encodeURIComponent(SCRIPT)}`)
    await page.getByText('There is nothing at this address').waitFor()
    await page.goto(
      `${viewer.url}/#/traces?tag=${encodeURIComponent(SCRIPT)}&from=1e999&minDuration=NaN&sort=__proto__`,
    )
    await page.getByText('No trace fits this filter').waitFor()
  })

  it('run nothing and load nothing', () => {
    // Nothing is kept under a name that is no id: the server says so, and the browser reports it.
    const serious = browsing.problems.filter((problem) => !/status of 404/.test(problem))
    assert.deepEqual(serious, [])
  })
})
