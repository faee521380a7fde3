/**
 * The viewer: takes spans in, keeps as many as fit, and shows them on a page of its own.
 */
import { readFile } from 'node:fs/promises'
import { messageOf } from '../../src/log.js'
import { version } from '../../src/version.js'
import { Collection } from './collection.js'
import { Guard } from './http/guard.js'
import { Live } from './http/live.js'
import { Journal } from './journal.js'
import { listenOn, urlOf } from './listen.js'
import { Losses } from './losses.js'
import { DEFAULT_BYTES, DEFAULT_PORT, type Viewer, type ViewerOptions } from './options.js'
import { Routes } from './routes.js'

export { DEFAULT_BYTES, DEFAULT_PORT } from './options.js'
export type { Viewer, ViewerOptions } from './options.js'

/** How often it is looked whether there is something to tell, ms. */
const LOOK = 1000
/** Traces that have changed. */
const MANY = 200

/**
 * Starts a viewer.
 *
 * @throws where the port is taken or not allowed (the error of `listen`, with its `code`), or a file to be opened cannot be
 */
export async function startViewer(options: ViewerOptions = {}): Promise<Viewer> {
  const { port = DEFAULT_PORT, host, alsoListen = [], file, maxBytes = DEFAULT_BYTES } = options
  const journal = file === undefined ? undefined : new Journal(file)
  const collection = new Collection(maxBytes, version, journal)
  const live = new Live({
    changed: () => collection.store.takeNews().map(({ summary }) => summary),
    status: () => collection.status(),
  })
  const guard = new Guard({ host: host ?? 'localhost', allowedOrigins: options.allowedOrigins ?? [] })
  const routes = new Routes(collection, live, guard)
  for (const path of options.open ?? []) await open(path, collection)
  const { servers, ports } = await listenOn(routes.handle, [port, ...alsoListen], host)
  await journal?.read((line) => collection.restore(line))
  const losses = new Losses()
  const timer = setInterval(() => {
    // So that the first question does not have to look at thousands of traces.
    if (collection.store.unsettled >= MANY) collection.store.settle()
    losses.look(collection.status())
  }, LOOK).unref()
  return {
    url: urlOf(ports[0] as number, host),
    ports,
    async close() {
      clearInterval(timer)
      live.close()
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise((resolve) => server.close(resolve))
          server.closeAllConnections()
          return closed
        }),
      )
      await journal?.close()
    },
  }
}

async function open(path: string, collection: Collection): Promise<void> {
  try {
    collection.open(await readFile(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} cannot be opened: ${messageOf(error)}`, { cause: error })
  }
}
