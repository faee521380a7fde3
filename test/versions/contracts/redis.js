'use strict'
/** node-redis: commands, errors, callbacks where it has them, transactions, pipelines, a cluster, a sentinel. */
const { promisify } = require('node:util')

exports.start = (library) =>
  library.get('createCluster') === undefined ? startCallbacks(library) : startPromises(library)

/** Several programs share a server. */
const KEY = `pretrace:contract:${process.pid}`

async function startPromises(library) {
  const client = library.get('createClient')({ url: process.env.REDIS_URL })
  await client.connect()
  await client.del(KEY)
  const scenarios = {
    command: async () => [await client.set(KEY, 'value'), await client.get(KEY)],
    error: async () => {
      await client.set(`${KEY}:text`, 'text')
      return client.lPush(`${KEY}:text`, 'element')
    },
    raw: () => client.sendCommand(['ECHO', 'said']),
    transaction: () => client.multi().set(`${KEY}:many`, '1').get(`${KEY}:many`).exec(),
    concurrent: () => Promise.all([client.echo('a'), client.echo('b')]),
    context: () =>
      new Promise((resolve) => {
        client.ping().then(() => setImmediate(() => resolve(client.exists(`${KEY}:none`))))
      }),
  }
  const stops = [() => client.quit()]
  const createCluster = library.get('createCluster')
  if (createCluster !== undefined && process.env.REDIS_CLUSTER_URLS) {
    const cluster = createCluster({ rootNodes: process.env.REDIS_CLUSTER_URLS.split(',').map((url) => ({ url })) })
    await cluster.connect()
    scenarios.cluster = async () => {
      const keys = ['a', 'b', 'c'].map((name) => `${name}:${process.pid}`)
      for (const key of keys) await cluster.set(key, 'value')
      return [await cluster.get(keys[0]), await cluster.get(keys[1]), await cluster.get(keys[2])]
    }
    stops.push(() => (cluster.quit ?? cluster.disconnect).call(cluster))
  }
  const createSentinel = library.get('createSentinel')
  if (createSentinel !== undefined && process.env.REDIS_SENTINEL_URL) {
    const { hostname: host, port } = new URL(process.env.REDIS_SENTINEL_URL)
    const sentinel = createSentinel({
      name: process.env.REDIS_SENTINEL_MASTER,
      sentinelRootNodes: [{ host, port: Number(port) }],
    })
    await sentinel.connect()
    scenarios.sentinel = async () => [await sentinel.set(KEY, 'kept'), await sentinel.get(KEY)]
    stops.push(() => sentinel.close())
  }
  return { scenarios, stop: () => Promise.all(stops.map((stop) => stop())) }
}

async function startCallbacks(library) {
  const client = library.get('createClient')(process.env.REDIS_URL)
  const call = (name, ...args) => promisify(client[name]).apply(client, args)
  const scenarios = {
    command: async () => [await call('set', KEY, 'value'), await call('get', KEY)],
    error: async () => {
      await call('set', `${KEY}:text`, 'text')
      return call('lpush', `${KEY}:text`, 'element')
    },
    raw: () => call('send_command', 'ECHO', ['said']),
    transaction: () => {
      const multi = client.multi().set(`${KEY}:many`, '1').get(`${KEY}:many`)
      return promisify(multi.exec).call(multi)
    },
    concurrent: () => Promise.all([call('echo', 'a'), call('echo', 'b')]),
    // Nobody hears of the first: its answer comes before that of the second.
    silent: () => {
      client.set(`${KEY}:silent`, 'silent')
      return call('get', `${KEY}:silent`)
    },
    context: () =>
      new Promise((resolve, reject) => {
        client.ping(() => {
          setImmediate(() => client.exists(`${KEY}:none`, (error, count) => (error ? reject(error) : resolve(count))))
        })
      }),
  }
  if (client.batch !== undefined)
    scenarios.pipeline = () => {
      const batch = client.batch().get(`${KEY}:none`).exists(`${KEY}:none`)
      return promisify(batch.exec).call(batch)
    }
  return { scenarios, stop: () => call('quit') }
}

exports.expected = (major, minor) => ({
  command: ['SET', 'GET'],
  error: ['SET', 'LPUSH !'],
  raw: ['ECHO'],
  transaction: ['MULTI', '  SET', '  GET'],
  concurrent: ['ECHO', 'ECHO'],
  context: ['PING', 'EXISTS'],
  ...(major < 4 && { silent: ['SET', 'GET'] }),
  ...((major === 3 || (major === 2 && minor >= 2)) && { pipeline: ['PIPELINE', '  GET', '  EXISTS'] }),
  ...(major >= 4 && { cluster: ['SET', 'SET', 'SET', 'GET', 'GET', 'GET'] }),
  ...(major >= 5 && { sentinel: ['SET', 'GET'] }),
})
