import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import { childrenPath } from '../support/children.js'
import { succeed, type App, type Traced } from '../support/run.js'
import { assertChild, serversIn, spanNamed, spansOf } from '../support/spans.js'

const INHERITED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Runs an application, which gets the path of its helpers, and prints JSON or nothing. */
async function run(
  app: App,
  env: Readonly<Record<string, string | undefined>> = {},
  ...args: readonly unknown[]
): Promise<Traced & { said: any }> {
  const ran = await succeed(app, { args: [childrenPath, ...args], env: { OTEL_PROPAGATORS: 'tracecontext', ...env } })
  return { ...ran, said: JSON.parse(ran.stdout.trim() || 'null') }
}

describe('a child process', () => {
  it('gets the trace in its environment, whichever function starts it and in whatever form', async () => {
    const { said, spans } = await run((helpers: string) => {
      const { gather, inTrace, PRINT } = require(helpers)
      const cp = require('node:child_process')
      const { promisify } = require('node:util')
      const node = process.execPath
      const command = `"${node}" -e '${PRINT}'`
      const own = { ...process.env, OWN: '1' }
      const file = require('node:path').join(require('node:os').tmpdir(), `pretrace-fork-${process.pid}.js`)
      require('node:fs').writeFileSync(file, PRINT)
      const ways: Record<string, () => unknown> = {
        'spawn(file, args)': () => gather(cp.spawn(node, ['-e', PRINT])),
        'spawn(file, args, {})': () => gather(cp.spawn(node, ['-e', PRINT], {})),
        'spawn(file, args, { env })': () => gather(cp.spawn(node, ['-e', PRINT], { env: own })),
        'spawn(command, { shell })': () => gather(cp.spawn(command, { shell: true })),
        'exec(command)': async () => (await promisify(cp.exec)(command)).stdout,
        'exec(command, { env })': async () => (await promisify(cp.exec)(command, { env: own })).stdout,
        'exec(command, callback)': () =>
          new Promise((resolve) => cp.exec(command, (_: unknown, text: string) => resolve(text))),
        'execFile(file, args)': async () => (await promisify(cp.execFile)(node, ['-e', PRINT])).stdout,
        'execFile(file, args, { env }, callback)': () =>
          new Promise((resolve) =>
            cp.execFile(node, ['-e', PRINT], { env: own }, (_: unknown, text: string) => resolve(text)),
          ),
        'fork(file, args, options)': () => gather(cp.fork(file, [], { silent: true, execArgv: [] })),
        'fork(file, { env })': () => gather(cp.fork(file, { silent: true, execArgv: [], env: own })),
        'spawnSync(file, args)': () => cp.spawnSync(node, ['-e', PRINT]).stdout,
        'spawnSync(file, args, { env })': () => cp.spawnSync(node, ['-e', PRINT], { env: own }).stdout,
        'spawnSync(command, { shell })': () => cp.spawnSync(command, { shell: true }).stdout,
        'spawnSync(file, undefined, { input })': () => cp.spawnSync(node, undefined, { input: PRINT }).stdout,
        'execFileSync(file, args)': () => cp.execFileSync(node, ['-e', PRINT]),
        'execFileSync(file, args, { env })': () => cp.execFileSync(node, ['-e', PRINT], { env: own }),
        'execFileSync(file, { input })': () => cp.execFileSync(node, { input: PRINT }),
        'execSync(command)': () => cp.execSync(command),
        'execSync(command, { env })': () => cp.execSync(command, { env: own, encoding: 'utf8' }),
      }
      inTrace(async () => {
        const told: Record<string, unknown> = {}
        for (const way of Object.keys(ways)) told[way] = JSON.parse(String(await ways[way]?.()))
        require('node:fs').unlinkSync(file)
        console.log(JSON.stringify(told))
      })
    })
    const [server] = serversIn(spans)
    assert.ok(server)
    const children = new Map(spansOf(spans, 'child_process').map((span) => [span.spanId, span]))
    const ways = Object.entries(said as Record<string, { parent: string; own?: string }>)
    assert.deepEqual([ways.length, children.size], [20, 20])
    for (const [way, { parent, own }] of ways) {
      assert.match(parent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/, way)
      assert.equal(own, way.includes('env') ? '1' : undefined, way)
      const child = children.get(parent.slice(36, 52))
      assert.ok(child, way)
      assertChild(child, server)
      assert.equal(child.kind, 'client')
      assert.equal(child.name, way.includes('command') ? 'spawn sh' : 'spawn node')
      assert.equal(child.attributes['process.exit.code'], 0)
      assert.equal(child.failed, false)
    }
  })

  it('is told nothing outside of a trace, and makes no span', async () => {
    const { said, spans } = await run(async (helpers: string) => {
      const { gather, PRINT } = require(helpers)
      const cp = require('node:child_process')
      const args = [process.execPath, ['-e', PRINT]]
      const told = [await gather(cp.spawn(...args)), String(cp.execFileSync(...args))]
      console.log(JSON.stringify(told.map((text) => JSON.parse(text))))
    })
    assert.deepEqual(said, [{}, {}])
    assert.deepEqual(spans, [])
  })

  it('keeps what the caller has set by hand', async () => {
    const { said } = await run((helpers: string) => {
      const { gather, inTrace, PRINT } = require(helpers)
      const cp = require('node:child_process')
      inTrace(async () => {
        const args = [process.execPath, ['-e', PRINT], { env: { ...process.env, TRACEPARENT: 'mine' } }]
        const told = [await gather(cp.spawn(...args)), String(cp.execFileSync(...args))]
        console.log(JSON.stringify(told.map((text) => JSON.parse(text).parent)))
      })
    })
    assert.deepEqual(said, ['mine', 'mine'])
  })

  it('gets its own parent, not the one that this process was started with', async () => {
    const app = (helpers: string): void => {
      const { gather, inTrace, PRINT } = require(helpers)
      const cp = require('node:child_process')
      const args = [process.execPath, ['-e', PRINT]]
      const before = JSON.stringify(process.env)
      const told = [String(cp.execFileSync(...args))]
      inTrace(async () => {
        told.push(await gather(cp.spawn(...args)), String(cp.execFileSync(...args)))
        console.log(JSON.stringify([JSON.stringify(process.env) === before, ...told.map((text) => JSON.parse(text))]))
      })
    }
    const { said, spans } = await run(app, { TRACEPARENT: INHERITED, TRACESTATE: 'a=1' })
    const [isUnchanged, outside, ...inside] = said
    assert.equal(isUnchanged, true)
    assert.deepEqual(outside, { parent: INHERITED, state: 'a=1' })
    const children = spansOf(spans, 'child_process')
    assert.deepEqual(
      inside.map(({ parent }: { parent: string }) => parent.slice(36, 52)),
      children.map(({ spanId }) => spanId),
    )
    for (const { state } of inside) assert.equal(state, children[0]?.traceState)
  })

  it('that cannot be started, fails or is killed is a span that failed', async () => {
    const { spans } = await run((helpers: string) => {
      const { inTrace } = require(helpers)
      const cp = require('node:child_process')
      const until = (child: any, event: string): Promise<unknown> => new Promise((resolve) => child.on(event, resolve))
      inTrace(async () => {
        await until(cp.spawn('no-such-program', ['secret']), 'error')
        cp.spawnSync('no-such-program-either', ['secret'])
        await until(cp.spawn(process.execPath, ['-e', 'process.exit(3)']), 'exit')
        try {
          cp.execFileSync(process.execPath, ['-e', 'process.exit(4) // secret'])
        } catch {}
        const sleeper = cp.spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
        sleeper.kill('SIGKILL')
        await until(sleeper, 'exit')
      })
    })
    const told = spansOf(spans, 'child_process').map(({ name, failed, attributes }) => {
      return [name, failed, attributes['process.exit.code'], attributes['error.type']]
    })
    assert.deepEqual(told, [
      ['spawn no-such-program', true, undefined, 'ENOENT'],
      ['spawn no-such-program-either', true, undefined, 'ENOENT'],
      ['spawn node', true, 3, '3'],
      ['spawn node', true, 4, '4'],
      ['spawn node', true, undefined, 'SIGKILL'],
    ])
    assert.doesNotMatch(JSON.stringify(spans), /secret/)
  })

  it('that is let go ends its span at once', async () => {
    const { spans } = await run((helpers: string) => {
      const { inTrace } = require(helpers)
      const cp = require('node:child_process')
      const options = { detached: true, stdio: 'ignore' }
      inTrace(() => cp.spawn(process.execPath, ['-e', 'setTimeout(() => {}, 500)'], options).unref())
    })
    const child = spanNamed(spans, 'spawn node')
    assert.equal(child.failed, false)
    assert.equal(typeof child.attributes['process.pid'], 'number')
  })
})

describe('what the caller sees of child_process', () => {
  it('is the same with tracing: options, results, errors, listeners', async () => {
    await tracedAlike(() => {
      const cp = require('node:child_process')
      const http = require('node:http')
      const say = (...values: unknown[]): void =>
        console.log(require('node:util').inspect(values, { depth: 1, sorted: true }))
      const attempt = (what: () => unknown): void => {
        try {
          say(what())
        } catch (error: any) {
          const { message, code, status, signal, killed, cmd, path, syscall, spawnargs } = error
          say(error.name, Object.keys(error), { message, code, status, signal, killed, cmd, path, syscall, spawnargs })
        }
      }
      const server = http.createServer(async (_req: unknown, res: any) => {
        const node = process.execPath
        const names = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']
        say(names.map((name) => [name, cp[name].name, cp[name].length, Object.keys(cp[name])]))
        const env = Object.freeze({ A: '1', N: 5, NOTHING: undefined })
        const options = Object.freeze({
          env: Object.create(env, { B: { value: '2', enumerable: true } }),
          encoding: 'utf8',
        })
        const print = 'const { A, B, N, NOTHING } = process.env; process.stdout.write([A, B, N, NOTHING].join())'
        attempt(() => cp.execFileSync(node, ['-e', print], options))
        attempt(() => cp.spawnSync(node, ['-e', print], options).stdout)
        attempt(() => cp.execSync(`"${node}" -e '${print}'`, options))
        attempt(() => Object.keys(cp.spawnSync(node, ['-e', '0'])))
        attempt(() => cp.execSync('exit 3', { stdio: 'pipe' }))
        attempt(() => cp.execFileSync(node, ['-e', 'process.exit(3)'], null))
        attempt(() => cp.spawnSync(node, [], null))
        attempt(() => cp.spawnSync(5))
        attempt(() => cp.execSync())
        attempt(() => cp.spawnSync(node, 'x'))
        attempt(() => cp.spawnSync(node, [], { timeout: -1 }))
        attempt(() => cp.execFileSync('no-such-program'))
        attempt(() => cp.spawn(node, [], { env: { A: 'a\0b' } }))
        attempt(() => new cp.ChildProcess().spawn())
        attempt(() => new cp.ChildProcess().spawn({}))
        const child = cp.spawn(node, ['-e', print], options)
        say(child.spawnargs, Object.keys(child), child.eventNames(), child.constructor === cp.ChildProcess)
        child.stdout.on('data', (chunk: any) => say(String(chunk)))
        child.on('exit', (...ended: unknown[]) => say(ended, child.listenerCount('exit')))
        await new Promise((resolve) => child.on('close', resolve))
        const controller = new AbortController()
        const aborted = cp.spawn(node, ['-e', 'setInterval(() => {}, 1000)'], { signal: controller.signal })
        aborted.on('error', (error: Error) => say(error.name))
        controller.abort()
        await new Promise((resolve) => aborted.on('close', (...ended: unknown[]) => resolve(say(ended))))
        const failed = await require('node:util')
          .promisify(cp.exec)('exit 4')
          .catch((error: unknown) => error)
        say(failed.code, failed.cmd, Object.keys(failed))
        res.end()
      })
      server.listen(0, () =>
        http.get({ port: server.address().port, agent: false }, (res: any) =>
          res.resume().on('end', () => server.close()),
        ),
      )
    })
  })
})
