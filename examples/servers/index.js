'use strict'

// A real PostgreSQL and a real Redis, with nothing but Node and npm: for the demo and for the tests.

const { startPostgres } = require('./postgres')
const { startRedis } = require('./redis')
const { startRedisCluster, startRedisSentinel } = require('./redis-deployments')

/**
 * Starts what the environment does not name already.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ databaseUrl: string, redisUrl: string, stop(): Promise<void> }>}
 * @example
 * const { databaseUrl, redisUrl, stop } = await startServers()
 */
async function startServers(env = process.env) {
  const starting = [
    env.DATABASE_URL ? running(env.DATABASE_URL) : startPostgres(),
    env.REDIS_URL ? running(env.REDIS_URL) : startRedis(),
  ]
  const outcomes = await Promise.allSettled(starting)
  const servers = outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value)
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()))
  }
  const failures = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason)
  if (failures.length > 0) {
    await stop()
    throw failures[0]
  }
  const [postgres, redis] = servers
  return { databaseUrl: postgres.url, redisUrl: redis.url, stop }
}

// Somebody else's server: not ours to stop.
function running(url) {
  return { url, stop: async () => {} }
}

module.exports = { startPostgres, startRedis, startRedisCluster, startRedisSentinel, startServers }
