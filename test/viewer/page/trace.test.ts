import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { Browsing, clipboard, hasAddress, hasCount, hasText, picture, texts } from '../../support/browser.js'
import { parseFile } from '../../support/opened.js'
import { recent, send, sendRuntime, viewing } from '../../support/shown.js'
import type { Trace } from '../../../viewer/model/trace.js'
import type { Viewer } from '../../../viewer/server/index.js'

const ROW = '.span-row'
const NAME = '.span-row .name'
const SELECTED = '.span-row.is-selected .name'

function cart(number: number, took: number): Trace {
  return recent(number, {
    name: 'GET /cart',
    kind: 'server',
    at: 0,
    took,
    tags: { 'http.response.status_code': 200 },
    children: [
      {
        name: 'load',
        at: 5,
        took: 40,
        children: [
          {
            name: 'SELECT carts',
            kind: 'client',
            at: 10,
            took: 20,
            tags: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT * FROM carts WHERE id = $1' },
          },
          { name: 'HGETALL', kind: 'client', at: 32, took: 4, error: 'WRONGTYPE' },
        ],
      },
      {
        name: 'GET',
        kind: 'client',
        at: 50,
        took: took - 60,
        children: [{ name: 'GET /stock', service: 'stock', kind: 'server', at: 55, took: took - 70 }],
      },
      { name: 'audit', at: 60, took: took + 40 },
    ],
  })
}

describe('a trace', () => {
  const browsing = new Browsing()
  const trace = cart(1, 100)
  const other = cart(2, 160)
  let viewer: Viewer
  let page: Page

  before(async () => {
    viewer = await viewing()
    await send(viewer, trace, other)
    const start = trace.spans[0]?.start ?? 0
    await sendRuntime(viewer, {
      service: 'shop',
      instance: 'shop-1',
      delays: [{ start: start + 46, duration: 3 }],
      collections: [],
    })
    page = await browsing.open(viewer.url, { permissions: ['clipboard-read', 'clipboard-write'] })
  })

  async function at(address: string): Promise<void> {
    await page.goto('about:blank')
    await page.goto(`${viewer.url}/#/${address}`)
  }

  async function atTrace(params = ''): Promise<void> {
    await at(`trace/${trace.id}${params}`)
    await page.locator(ROW).first().waitFor()
  }

  const idOf = (name: string): string => trace.spans.find((span) => span.name === name)?.id ?? name

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key)
  }

  it('shows its spans in order, and what it is', async () => {
    await atTrace()
    assert.deepEqual(await texts(page, NAME), [
      'GET /cart',
      'load',
      'SELECT carts',
      'HGETALL',
      'GET',
      'GET /stock',
      'audit',
    ])
    assert.match((await page.textContent('.trace-head')) ?? '', /shop GET \/cart/)
    assert.match((await page.textContent('.facts')) ?? '', /^200 ms.*7 spans2 services1 error/)
    assert.match((await page.textContent('.notices')) ?? '', /1 span ended after the span that started it/)
    assert.match(await page.title(), /^GET \/cart/)
    await hasCount(page, '.on-path', { atLeast: 3 })
  })

  it('folds and unfolds, by a click and as a whole', async () => {
    await atTrace()
    await page.locator(`#span-${idOf('load')} .caret`).click()
    await hasCount(page, ROW, 5)
    await hasAddress(page, `toggled=${idOf('load')}`)
    assert.equal(await page.getAttribute(`#span-${idOf('load')}`, 'aria-expanded'), 'false')
    await page.getByText('Unfold all').click()
    await hasCount(page, ROW, 7)
    await page.getByText('Fold all', { exact: true }).click()
    await hasCount(page, ROW, 4)
  })

  it('is walked through by keys', async () => {
    await atTrace()
    await press('j', 'ArrowDown', 'ArrowDown')
    await hasText(page, SELECTED, 'SELECT carts')
    await press('ArrowLeft')
    await hasText(page, SELECTED, 'load')
    await press('h')
    await hasCount(page, ROW, 5)
    await press('l')
    await hasCount(page, ROW, 7)
    await press('l')
    await hasText(page, SELECTED, 'SELECT carts')
    await press('End')
    await hasText(page, SELECTED, 'audit')
    await press('Home', 'Escape')
    await hasCount(page, '.details', 0)
    await press('[')
    await hasCount(page, ROW, 4)
    await press(']')
    await hasCount(page, ROW, 7)
    await press('c')
    await hasCount(page, '.on-path', 0)
    await press('f')
    await hasCount(page, '.flame-box', { atLeast: 5 })
    await press('s')
    await hasCount(page, '.statistics tbody tr', 7)
    await press('w', 'Escape')
    await hasCount(page, '.trace-row', 2)
    await press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await press('Escape')
    await hasCount(page, 'dialog', 0)
  })

  it('zooms by keys, by the minimap and to a span', async () => {
    await atTrace()
    await press('+')
    await hasAddress(page, 'zoom=40-160')
    await press('a')
    await hasAddress(page, 'zoom=16-136')
    await press('0')
    await page.waitForURL((url) => !url.href.includes('zoom='))
    const map = await page.locator('.minimap').boundingBox()
    assert.ok(map)
    await page.mouse.move(map.x + map.width / 4, map.y + 20)
    await page.mouse.down()
    await page.mouse.move(map.x + map.width / 2, map.y + 20, { steps: 3 })
    await page.mouse.up()
    await hasAddress(page, 'zoom=50-100')
    await page.locator('.minimap .lens').waitFor()
    await page.getByText('Reset zoom').click()
    await page.locator(`#span-${idOf('SELECT carts')}`).click()
    await press('z')
    await hasAddress(page, 'zoom=10-30')
  })

  it('tells all of a span', async () => {
    await atTrace(`?span=${idOf('SELECT carts')}`)
    const details = (await page.textContent('.details')) ?? ''
    assert.match(details, /SELECT carts/)
    assert.match(details, /began10\.0 ms/)
    assert.match(details, /took20\.0 ms/)
    assert.match(details, /StatementSELECT \* FROM carts WHERE id = \$1/)
    assert.match(details, /db\.system\.namepostgresql/)
    await page.locator(`#span-${idOf('HGETALL')}`).click()
    await page.locator('.callout.is-error', { hasText: 'WRONGTYPE' }).waitFor()
    await page.locator(`#span-${idOf('audit')}`).click()
    await page.locator('.callout', { hasText: 'It ended 100 ms after the span that started it' }).waitFor()
  })

  it('explains a gap by what the process was held up by', async () => {
    await atTrace(`?span=${idOf('GET /cart')}`)
    await page.locator(`#span-${idOf('GET /cart')} .held`).waitFor()
    await page.locator('.callout', { hasText: '3.00 ms event loop blocked, from 46.0 ms' }).waitFor()
  })

  it('finds spans, and goes from one to the next', async () => {
    await atTrace()
    await press('/')
    await page.keyboard.type('carts')
    await hasCount(page, `${ROW}.is-match`, 1)
    await hasText(page, '.matches', '1')
    await page.fill('[aria-label="Search in this trace"]', 'get')
    await press('Enter')
    await hasText(page, SELECTED, 'GET /cart')
    await press('Escape', 'n')
    await hasText(page, SELECTED, 'HGETALL')
    await press('N', 'N')
    await hasText(page, SELECTED, 'GET /stock')
    await hasText(page, '.matches', '4 / 4')
  })

  it('unfolds and scrolls to what an address names', async () => {
    await atTrace(`?fold=1&span=${idOf('SELECT carts')}`)
    await hasText(page, SELECTED, 'SELECT carts')
  })

  it('comes back as it was by its address', async () => {
    await atTrace(`?span=${idOf('load')}&zoom=20-60&path=off&toggled=${idOf('GET')}&q=select`)
    await hasText(page, SELECTED, 'load')
    await hasCount(page, ROW, 6)
    await hasCount(page, '.on-path', 0)
    await hasCount(page, '.lens', 1)
    await hasCount(page, `${ROW}.is-match`, 1)
    await atTrace()
    await press('f')
    await page.reload()
    await hasCount(page, '.flame-box', { atLeast: 5 })
  })

  it('is a flame graph, of which one flame can be looked at alone', async () => {
    await at(`trace/${trace.id}?view=flame`)
    const box = page.locator('.flame-box', { hasText: 'load' })
    const before = (await box.boundingBox())?.width ?? 0
    await box.click()
    await page.getByText('Show all').waitFor()
    assert.ok(((await box.boundingBox())?.width ?? 0) > before * 2)
  })

  it('has statistics that can be ordered and lead to spans', async () => {
    await at(`trace/${trace.id}?view=statistics`)
    await hasCount(page, '.statistics tbody tr', 7)
    await page.getByRole('button', { name: 'Longest' }).click()
    await hasAddress(page, 'by=longest')
    await page.locator('.statistics tbody tr').first().click()
    await hasText(page, SELECTED, 'audit')
  })

  it('is compared with another one of its operation', async () => {
    await atTrace()
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.locator('.other-trace a').click()
    await hasAddress(page, `/compare/${trace.id}/${other.id}`)
    await hasCount(page, '.changes tbody tr', 7)
    assert.match((await page.textContent('.compare-middle')) ?? '', /^\+60\.0 ms/)
    await page.getByText('Only what is different').click()
    await hasCount(page, '.changes tbody tr', 4)
    assert.deepEqual(await texts(page, '.changes .operation'), [
      'shop GET /cart',
      'shop GET → stock',
      'stock GET /stock',
      'shop audit',
    ])
    await picture(page, 'compare')
  })

  it('is compared with one that was chosen in the list', async () => {
    await at('traces')
    await page.getByLabel('Choose for a comparison').first().check()
    await page.getByText('Choose another one to compare').waitFor()
    await page.getByLabel('Choose for a comparison').nth(1).check()
    await page.locator('.choice a').click()
    await hasCount(page, '.compare-card', 2)
  })

  it('is copied as Markdown, as text, as JSON and as a link', async () => {
    await atTrace(`?span=${idOf('load')}`)
    const copied = async (choice: string): Promise<string> => {
      await page.getByRole('button', { name: 'Copy', exact: true }).click()
      await page.getByRole('menuitem', { name: choice }).click()
      await page.locator('.toast').waitFor()
      return clipboard(page)
    }
    assert.match(await copied('As Markdown'), /^# Trace: shop: GET \/cart\n[^]*WRONGTYPE[^]*Where the time went/)
    assert.match(await copied('As text'), new RegExp(`^trace ${trace.id} · 7 spans`))
    assert.equal((JSON.parse(await copied('As JSON')) as Trace).spans.length, 7)
    assert.equal(await copied('Link'), `${viewer.url}/#/trace/${trace.id}?span=${idOf('load')}`)
  })

  it('is exported in formats that can be opened again', async () => {
    await atTrace()
    const exported = async (choice: string): Promise<{ name: string; text: string }> => {
      await page.getByRole('button', { name: 'Export' }).click()
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: choice }).click(),
      ])
      return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), 'utf8') }
    }
    for (const format of ['OTLP', 'Jaeger']) {
      const { name, text } = await exported(`${format} JSON`)
      assert.equal(name, `trace-${trace.id}.${format.toLowerCase()}.json`)
      assert.equal(parseFile(text).spans.length, 7)
    }
    const { traceEvents } = JSON.parse((await exported('Chrome trace')).text) as { traceEvents: { ph: string }[] }
    assert.equal(traceEvents.filter(({ ph }) => ph === 'X').length, 7)
  })

  it('grows while more of it arrives', async () => {
    const growing = recent(3, { name: 'GET /slow', at: 0, took: 50 })
    await send(viewer, growing)
    await at(`trace/${growing.id}`)
    await hasCount(page, ROW, 1)
    const more = recent(3, { name: 'GET /slow', at: 0, took: 50, children: [{ name: 'later', at: 1, took: 1 }] })
    const { start = 0 } = growing.spans[0] ?? {}
    await send(viewer, { ...more, spans: more.spans.slice(1).map((span) => ({ ...span, start: start + 1 })) })
    await hasCount(page, ROW, 2)
  })

  it('says so where it is not kept', async () => {
    await at('trace/ffffffffffffffffffffffffffffffff')
    await page.getByText('This trace is not here').waitFor()
    const missed = browsing.problems.findIndex((problem) => /status of 404/.test(problem))
    assert.ok(missed >= 0)
    browsing.problems.splice(missed, 1)
  })

  it('has nothing go wrong, and asks nobody else', () => browsing.check())
})
