/**
 * The thread in which an application's process hosts the viewer. See src/viewer/host.ts.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { info, setLogLevel } from '../../src/log.js'
import type { HostReport, HostWork } from '../../src/viewer/host.js'
import { startViewer } from './index.js'

const { port, host, file, logLevel } = workerData as HostWork

function say(report: HostReport): void {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's
  parentPort?.postMessage(report)
}

async function begin(): Promise<void> {
  try {
    const { url } = await startViewer({ port, host, file })
    say('listening')
    info(`viewer: ${url}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    // Somebody else was faster.
    say('taken')
  }
}

setLogLevel(logLevel)
void begin()
