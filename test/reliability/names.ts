/**
 * A collector whose name is not to be resolved. The service gets an /etc/hosts and an /etc/resolv.conf of its own, in a
 * mount namespace; where that is not to be had, a name that never exists must do.
 */
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MoodyCollector } from './collector.js'
import { sized } from './figures.js'
import type { Trouble } from './troubles.js'

const NAME = 'collector.test'
/** For a server of names that never answers; where no socket may be bound there, one that no host has (RFC 5737). */
const [SILENT, NOBODY] = ['127.0.0.153', '198.51.100.1']

/** Answers at once that nobody knows, since nobody serves names here. */
export const nameUnknown = (): Promise<Trouble> => unresolved('127.0.0.1', async () => undefined)

/** It is asked twice, and waited for so many seconds each time: longer in all than a message may take. */
const PATIENCE = sized(2, 5)

export async function nameThatHangs(): Promise<Trouble> {
  const silent = createSocket('udp4')
  const isBound = await new Promise<boolean>((resolve) => {
    silent.once('error', () => resolve(false)).bind(53, SILENT, () => resolve(true))
  })
  return unresolved(isBound ? SILENT : NOBODY, async () => void silent.close())
}

async function unresolved(server: string, alsoStop: () => Promise<void>): Promise<Trouble> {
  const collector = await MoodyCollector.start()
  const unshare = ['-m', '-rm'].find((flag) => spawnSync('unshare', [flag, 'true']).status === 0)
  const stop = async (): Promise<void> => {
    await collector.close()
    await alsoStop()
  }
  const at = (name: string): Record<string, string> => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${name}:${collector.address}`,
  })
  if (unshare === undefined) {
    const why = 'no namespace of its own could be made: a name that never exists'
    return { env: at('collector.invalid'), begin: () => undefined, end: undefined, why, taken: () => [], stop }
  }
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-names-'))
  const [hosts, servers] = [join(folder, 'hosts'), join(folder, 'resolv.conf')]
  const known = (): void => writeFileSync(hosts, `127.0.0.1 localhost ${NAME}\n`)
  known()
  writeFileSync(servers, `nameserver ${server}\noptions timeout:${PATIENCE} attempts:2\n`)
  const script = 'mount --bind "$0" /etc/hosts && mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
  return {
    env: at(NAME),
    prefix: ['unshare', unshare, '--', 'sh', '-c', script, hosts, servers],
    begin() {
      writeFileSync(hosts, '127.0.0.1 localhost\n')
      // A kept connection asks for no name.
      collector.behave(({ req }) => req.socket.destroy())
    },
    end() {
      collector.behave()
      known()
    },
    taken: () => collector.taken,
    unheard: () => collector.unheard,
    async stop() {
      await stop()
      rmSync(folder, { recursive: true })
    },
  }
}
