/**
 * Processes that Node starts for an application: cluster workers, and forked and spawned children, ES modules too.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Collector, type Arrived } from '../support/collector.js'
import { appFolders } from '../support/packages.js'
import { preload, runNode } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const app = appFolders()()

const BY_FLAG = { nodeArgs: ['-r', preload], env: {} }
const BY_ENVIRONMENT = { nodeArgs: [], env: { NODE_OPTIONS: `--require "${preload}"` } }

async function traceFile(
  file: string,
  { nodeArgs, env }: typeof BY_FLAG | typeof BY_ENVIRONMENT,
): Promise<readonly Arrived[]> {
  const collector = await Collector.start()
  try {
    const { stderr, code } = await runNode([...nodeArgs, file], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000', ...env },
    })
    assert.equal(stderr, '')
    assert.equal(code, 0)
    return collector.spans
  } finally {
    await collector.stop()
  }
}

const asModules = (source: string): string =>
  source.replace(
    /const (.+?) = require\((.+?)\)/g,
    (_, names: string, module: string) => `import ${names} from ${module}`,
  )

/** The primary asks each of its two workers, one after the other, and each worker asks a server of the primary. */
const clustered = `
  const cluster = require('node:cluster')
  const { createServer, get } = require('node:http')
  const ask = (port, path, then) => get({ port, path, agent: false }, (res) => res.resume().on('close', then))
  if (cluster.isPrimary) {
    const inner = createServer((req, res) => res.end()).listen(0, () => {
      const workers = [1, 2].map((number) => cluster.fork({ INNER: inner.address().port, NUMBER: number }))
      let left = workers.length
      for (const worker of workers) {
        worker.on('message', (port) => ask(port, '/worker', () => worker.send('end')))
        worker.on('exit', () => --left === 0 && inner.close())
      }
    })
  } else {
    const server = createServer((req, res) => ask(process.env.INNER, '/primary', () => res.end()))
    server.listen({ port: 0, exclusive: true }, () => process.send(server.address().port))
    process.on('message', () => process.exit())
  }`

/** Within a request it starts a child in each of the ways, which asks it something in turn. */
const starting = `
  const { execFile, exec, fork, spawn } = require('node:child_process')
  const { createServer, get } = require('node:http')
  const { env, execPath } = process
  if (env.TARGET !== undefined) {
    get({ port: env.TARGET, path: '/from-child', agent: false }, (res) => res.resume())
  } else {
    const server = createServer(async (req, res) => {
      if (req.url === '/from-child') return res.end()
      const options = { env: { ...env, TARGET: server.address().port } }
      const file = process.argv[1]
      const quoted = JSON.stringify(execPath) + ' ' + JSON.stringify(file)
      const ways = {
        fork: () => fork(file, options),
        spawn: () => spawn(execPath, [file], options),
        exec: () => exec(quoted, options),
        execFile: () => execFile(execPath, [file], options),
      }
      await new Promise((resolve) => ways[req.url.slice(1)]().on('close', resolve))
      res.end()
    })
    server.listen(0, () => {
      let left = 0
      for (const path of WAYS) {
        left++
        get({ port: server.address().port, path, agent: false }, (res) => {
          res.resume().on('close', () => --left === 0 && server.close())
        })
      }
    })
  }`

const inBoth = (name: string, source: string): readonly string[] => [
  app.write(`${name}.cjs`, source),
  app.write(`${name}.mjs`, asModules(source)),
]

describe('a cluster', { concurrency: 2 }, () => {
  for (const file of inBoth('clustered', clustered)) {
    it(`is traced in its primary and in its workers: ${file.slice(-3)}`, async () => {
      const spans = await traceFile(file, BY_FLAG)
      const one = 'GET\n  GET\n    GET\n      GET'
      assert.equal(treeOf(spans), `${one}\n${one}`)
      assert.equal(new Set(spans.map(({ resource }) => resource['process.pid'])).size, 3)
    })
  }
})

describe('a child process started within a request', { concurrency: 2 }, () => {
  const expected = (...ways: readonly string[]): string =>
    ways.map(() => 'GET\n  GET\n    spawn\n      GET\n        GET').join('\n')
  const treeIn = async (file: string, how: typeof BY_FLAG | typeof BY_ENVIRONMENT): Promise<string> =>
    treeOf(await traceFile(file, how)).replace(/spawn \S+/g, 'spawn')

  for (const file of inBoth('starting', starting.replace('WAYS', `['/fork', '/spawn', '/exec', '/execFile']`))) {
    it(`goes on with its trace, whichever way it was started, by NODE_OPTIONS: ${file.slice(-3)}`, async () => {
      assert.equal(await treeIn(file, BY_ENVIRONMENT), expected('fork', 'spawn', 'exec', 'execFile'))
    })
  }

  for (const file of inBoth('forking', starting.replace('WAYS', `['/fork']`))) {
    it(`inherits -r where it is forked: ${file.slice(-3)}`, async () => {
      assert.equal(await treeIn(file, BY_FLAG), expected('fork'))
    })
  }
})
