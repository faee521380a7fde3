/**
 * Writes what the doctor wants to know of this process into a file, again whenever it changes.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterDelivery } from '../export/at-exit.js'
import { debug, messageOf } from '../log.js'
import { basics } from './basics.js'
import type { Report, Traced } from './report.js'

/** How often it looks, ms. */
const INTERVAL = 200

let traced: (() => Traced) | undefined
let folder: string | undefined
let written = ''
let exitCode: number | undefined

/**
 * Has this process report.
 *
 * @param tell called for each report with what is known of tracing; left out while that has not begun
 */
export function reportTo(where: string, tell?: () => Traced): void {
  traced = tell ?? traced
  if (folder !== undefined) return
  folder = where
  setInterval(write, INTERVAL).unref()
  process.on('exit', (code) => {
    exitCode = code
    write()
  })
  afterDelivery(write)
  write()
}

function write(): void {
  try {
    const report: Omit<Report, 'writtenAt'> = {
      ...basics(),
      ports: portsListenedOn(),
      exitCode,
      traced: traced?.(),
    }
    const text = JSON.stringify(report)
    if (text === written) return
    save(JSON.stringify({ ...report, writtenAt: Date.now() }))
    written = text
  } catch (error) {
    debug(`the doctor's report could not be written: ${messageOf(error)}`)
  }
}

/** Whole or not at all: the doctor reads while we write. */
function save(text: string): void {
  const file = join(folder as string, `${process.pid}.json`)
  mkdirSync(folder as string, { recursive: true })
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Node tells of its servers nowhere else. */
function portsListenedOn(): number[] {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles?: () => readonly Handle[] }
  const addresses = handles?.call(process).map((handle) => (isServer(handle) ? handle.address() : null)) ?? []
  return addresses.flatMap((address) => (typeof address?.port === 'number' ? [address.port] : []))
}

function isServer(handle: Handle): handle is Required<Handle> {
  return handle.listening === true && typeof handle.address === 'function'
}

interface Handle {
  readonly listening?: boolean
  readonly address?: () => { readonly port?: number } | null
}
