/**
 * The servers that contracts need, and how they are told.
 */
import { join } from 'node:path'
import { root } from '../support/run.js'

interface Running {
  stop(): Promise<void>
}

interface Servers {
  startServers(): Promise<Running & { databaseUrl: string; redisUrl: string }>
  startRedisCluster(): Promise<Running & { urls: string[] }>
  startRedisSentinel(): Promise<Running & { url: string; master: string }>
}

/** Those that the environment does not name already, and a cluster and a sentinel. */
export async function startAll(): Promise<Running & { env: Readonly<Record<string, string>> }> {
  const servers = require(join(root, 'examples', 'servers')) as Servers
  const running: Running[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()))
  }
  const started = async <Server extends Running>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting
    running.push(server)
    return server
  }
  try {
    const { databaseUrl, redisUrl } = await started(servers.startServers())
    const { urls } = await started(servers.startRedisCluster())
    const { url, master } = await started(servers.startRedisSentinel())
    const env = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      REDIS_CLUSTER_URLS: urls.join(),
      REDIS_SENTINEL_URL: url,
      REDIS_SENTINEL_MASTER: master,
    }
    return { env, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
