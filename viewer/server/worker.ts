/**
 * The thread in which an application's process hosts the viewer. See src/viewer/host.ts.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { info, setLogLevel } from '../../src/log.js'
import type { HostReport, HostWork } from '../../src/viewer/host.js'
import { startViewer } from './index.js'

const { port, host, file, logLevel } = workerData as HostWork

function say(report: HostReport): void {
  parentPort?.postMessage(report)
}

setLogLevel(logLevel)
startViewer({ port, host, file }).then(
  ({ url }) => {
    say('listening')
    info(`viewer: ${url}`)
  },
  (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    // Somebody else was faster.
    say('taken')
  },
)
