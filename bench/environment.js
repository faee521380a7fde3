'use strict'

// What the services talk to: databases and an upstream, the same ones for all of them.

const http = require('node:http')
const { startServers } = require('../examples/servers')
const { leaveOwnCore, useAllCores } = require('./cores')

async function startEnvironment() {
  leaveOwnCore()
  const servers = await startServers()
  const upstream = http.createServer((_req, res) => res.end('an answer'))
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  return {
    env: {
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      UPSTREAM_URL: `http://127.0.0.1:${upstream.address().port}/`,
    },
    async stop() {
      upstream.closeAllConnections()
      upstream.close()
      await servers.stop()
      useAllCores()
    },
  }
}

module.exports = { startEnvironment }
