/**
 * Asks each exporter's backend whether it would take spans, by a message that holds none.
 */
import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config/variables.js'
import { BatchingExporter } from '../../export/batching.js'
import { postDatagrams } from '../../export/datagram.js'
import type { OutgoingRequest } from '../../export/exporter.js'
import { exporterOf } from '../../export/pipeline.js'
import { setProxies } from '../../http/proxy.js'
import { socketAddress } from '../../http/target.js'
import { post, type Outcome } from '../../export/transport.js'
import { messageOf } from '../../log.js'
import { version } from '../../version.js'
import type { Probe } from './examination.js'

/** The longest that an answer is waited for, ms. */
const PATIENCE = 5000

export async function probeAll(config: Config): Promise<Probe[]> {
  setProxies(config)
  const names = config.exporters.filter((name) => name !== 'none')
  return Promise.all(names.map((name) => probe(name, config)))
}

async function probe(name: Exclude<Config['exporters'][number], 'none'>, config: Config): Promise<Probe> {
  if (name === 'console') return { exporter: name, target: 'standard output', isFine: true }
  if (name === 'otlp_file') return probeFile(name, config.file)
  if (name === 'chrome') return probeFile(name, config.chromeFile)
  // The first of the application's processes hosts it, and has ended by now.
  if (name === 'viewer') return { exporter: name, target: 'PRETRACE_VIEWER', isFine: undefined, why: 'is hosted by it' }
  const exporter = exporterOf(name, config, version)
  return exporter instanceof BatchingExporter
    ? probeBackend(name, exporter.greeting())
    : { exporter: name, target: name, isFine: undefined }
}

function probeFile(exporter: string, path: string): Probe {
  const target = resolve(path)
  try {
    accessSync(dirname(target), constants.W_OK)
    return { exporter, target, isFine: true }
  } catch (error) {
    return { exporter, target, isFine: false, why: messageOf(error) }
  }
}

async function probeBackend(exporter: string, request: OutgoingRequest): Promise<Probe> {
  const target = placeAndPath(request.url)
  const timeout = request.timeout === 0 ? PATIENCE : Math.min(request.timeout, PATIENCE)
  const outcome = await new Promise<Outcome>((resolve) => {
    // What sends keeps no process alive.
    const alive = setInterval(() => undefined, PATIENCE)
    const done = (outcome: Outcome): void => {
      clearInterval(alive)
      resolve(outcome)
    }
    if (request.datagrams === undefined) post({ ...request, timeout }, done, 1)
    else postDatagrams({ ...request, datagrams: [Buffer.alloc(0)], timeout }, done)
  })
  if (outcome.kind !== 'accepted')
    return { exporter, target, isFine: isJustEmpty(exporter, outcome.why), why: outcome.why }
  return { exporter, target, isFine: request.datagrams === undefined ? true : undefined }
}

/** Jaeger's collectors answer an empty batch by 400, which shows that they are there. */
function isJustEmpty(exporter: string, why: string): boolean {
  return exporter === 'jaeger' && why.startsWith('it answers 400')
}

/** Without user, password and query. */
function placeAndPath(url: string): string {
  if (socketAddress(url) !== undefined) return url
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
