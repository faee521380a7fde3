/**
 * A real browser without a window: that of the machine, or else one out of an npm package.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { root } from './run.js'

/** Beside CHROMIUM_PATH. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const PATIENCE = 30_000
const ARTEFACTS = join(root, 'artefacts', 'viewer')

async function launch(): Promise<Browser> {
  const { CHROMIUM_PATH: named } = process.env
  const path = named ?? PLACES.find((place) => existsSync(place))
  // Its sandbox wants more rights than a container gives, and every page here is our own.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  if (path !== undefined) return chromium.launch({ executablePath: path, args })
  const { default: packaged } = await import('@sparticuz/chromium')
  return chromium.launch({ executablePath: await packaged.executablePath(), args: [...packaged.args, ...args] })
}

/** A browser for the tests of one file. */
export class Browsing {
  private browser: Promise<Browser> | undefined
  /** What went wrong in its pages, or was asked of strangers. */
  readonly problems: string[] = []

  constructor() {
    after(async () => (await this.browser)?.close())
  }

  /** A page of its own, with its own storage, at an address. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    this.browser ??= launch()
    const context = await (await this.browser).newContext({ viewport: { width: 1440, height: 900 }, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    const { origin } = new URL(url)
    page.on('pageerror', ({ message }) => this.problems.push(`error: ${message}`))
    page.on('console', (said) => said.type() === 'error' && this.problems.push(`console: ${said.text()}`))
    page.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const asked = request.url()
      if (!asked.startsWith(origin) && !/^(blob|data):/.test(asked)) this.problems.push(`stranger: ${asked}`)
    })
    await page.goto(url)
    return page
  }

  /** Nothing went wrong in any page so far. */
  check(): void {
    assert.deepEqual(this.problems, [])
  }
}

/** The little of a page's world that functions use which run there. */
interface Element {
  readonly textContent: string
  readonly scrollTop: number
  readonly dataset: Readonly<Record<string, string>>
}
declare const document: {
  querySelectorAll(selector: string): ArrayLike<Element>
  readonly fonts: { readonly ready: Promise<unknown> }
}
declare const location: { readonly href: string }
declare const navigator: { readonly clipboard: { readText(): Promise<string> } }

/** Until so many elements are there. */
export async function hasCount(
  page: Page,
  selector: string,
  count: number | { readonly atLeast: number },
): Promise<void> {
  const [least, most] = typeof count === 'number' ? [count, count] : [count.atLeast, Infinity]
  await page.waitForFunction(
    ([selector, least, most]) => {
      const { length } = document.querySelectorAll(selector)
      return length >= least && length <= (most ?? length)
    },
    // Infinity does not survive the way.
    [selector, least, most === Infinity ? undefined : most] as const,
  )
}

/** Until the first such element has a text, as a whole. */
export async function hasText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(([selector, text]) => document.querySelectorAll(selector)[0]?.textContent === text, [
    selector,
    text,
  ] as const)
}

/** Until the list says that it holds so many traces. */
export async function lists(page: Page, count: number | { readonly fewerThan: number }): Promise<void> {
  const bounds = typeof count === 'number' ? [count, count] : [1, count.fewerThan - 1]
  await page.waitForFunction(([least = 0, most = 0]) => {
    const shown = Number(document.querySelectorAll('.list')[0]?.dataset['count'])
    return shown >= least && shown <= most
  }, bounds)
}

/** Until an element is scrolled so far. */
export async function isScrolledTo(page: Page, selector: string, top: number): Promise<void> {
  await page.waitForFunction(([selector, top]) => document.querySelectorAll(selector)[0]?.scrollTop === top, [
    selector,
    top,
  ] as const)
}

/** Until the address bar says it. */
export async function hasAddress(page: Page, part: string): Promise<void> {
  await page.waitForFunction((part) => decodeURIComponent(location.href).includes(part), part)
}

/** What was copied last; the page must have been opened with the permission to tell. */
export function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText())
}

/** The texts of all elements that a selector finds. */
export function texts(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).allTextContents()
}

/** Keeps a picture for people to look at; git does not. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true })
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), animations: 'disabled' })
}
