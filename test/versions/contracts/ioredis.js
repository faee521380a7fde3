'use strict'
/** ioredis: commands, errors, callbacks and promises, transactions, pipelines, a cluster, a sentinel. */
/** Several programs share a server. */
const KEY = `pretrace:contract:${process.pid}`

exports.start = async (library) => {
  const Redis = library.whole
  const client = new Redis(process.env.REDIS_URL)
  const masters = process.env.REDIS_CLUSTER_URLS.split(',').map(hostAndPort)
  const cluster = new Redis.Cluster(masters)
  const guarded = new Redis({
    name: process.env.REDIS_SENTINEL_MASTER,
    sentinels: [hostAndPort(process.env.REDIS_SENTINEL_URL)],
  })
  // The first command would tell of the way to the nodes too.
  await Promise.all([client.ping(), cluster.set('a', 'a'), guarded.ping()])
  const scenarios = {
    command: async () => [await client.set(KEY, 'value'), await client.get(KEY)],
    error: async () => {
      await client.set(`${KEY}:text`, 'text')
      return client.lpush(`${KEY}:text`, 'element')
    },
    raw: () => client.call('ECHO', 'said'),
    transaction: () => client.multi().set(`${KEY}:many`, '1').get(`${KEY}:many`).exec(),
    pipeline: () => client.pipeline().get(`${KEY}:none`).exists(`${KEY}:none`).exec(),
    concurrent: () => Promise.all([client.echo('a'), client.echo('b')]),
    callback: () =>
      new Promise((resolve, reject) => {
        client.ping(() => {
          setImmediate(() => client.exists(`${KEY}:none`, (error, count) => (error ? reject(error) : resolve(count))))
        })
      }),
    cluster: async () => {
      const keys = ['a', 'b', 'c'].map((name) => `${name}:${process.pid}`)
      for (const key of keys) await cluster.set(key, 'value')
      return [await cluster.get(keys[0]), await cluster.get(keys[1]), await cluster.get(keys[2])]
    },
    sentinel: async () => [await guarded.set(KEY, 'kept'), await guarded.get(KEY)],
  }
  return { scenarios, stop: () => Promise.all([client.quit(), cluster.quit(), guarded.quit()]) }
}

function hostAndPort(url) {
  const { hostname: host, port } = new URL(url)
  return { host, port: Number(port) }
}

exports.expected = () => ({
  command: ['SET', 'GET'],
  error: ['SET', 'LPUSH !'],
  raw: ['ECHO'],
  transaction: ['MULTI', '  SET', '  GET'],
  pipeline: ['PIPELINE', '  GET', '  EXISTS'],
  concurrent: ['ECHO', 'ECHO'],
  callback: ['PING', 'EXISTS'],
  cluster: ['SET', 'SET', 'SET', 'GET', 'GET', 'GET'],
  sentinel: ['SET', 'GET'],
})
