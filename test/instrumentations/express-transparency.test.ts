import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askPath } from '../support/ask.js'
import { expressVersions, WITH_MIDDLEWARE } from '../support/express.js'
import { runBare, trace, type App, type Traced } from '../support/run.js'
import { assertChild, spanNamed } from '../support/spans.js'

type Next = (error?: unknown) => void

for (const { title, cwd, major } of expressVersions) {
  const run = (app: App, args: readonly unknown[] = [], env: Record<string, string> = {}): Promise<Traced> =>
    trace(app, { cwd, args: [askPath, ...args], env })

  describe(`${title}: transparency`, () => {
    it('shows an application nothing of itself', async () => {
      const app = async (path: string): Promise<void> => {
        const { serving, ask } = require(path)
        const { AsyncLocalStorage } = require('node:async_hooks')
        const storage = new AsyncLocalStorage()
        const express = require('express')
        const app = express()
        const seen: unknown[] = []
        const handler = Object.assign(
          (req: any, res: any, next: Next) => {
            seen.push(
              next.length,
              next.name,
              storage.getStore(),
              Reflect.ownKeys(req).map(String).sort(),
              Reflect.ownKeys(res).map(String).sort(),
              res.eventNames().map(String),
              res.listenerCount('close'),
              res.listenerCount('finish'),
              req.eventNames().map(String),
            )
            res.send('ok')
            return 'returned'
          },
          { own: 1 },
        )
        const onError = (error: any, _req: any, res: any, _next: Next): unknown => res.status(500).send(String(error))
        app.use((req: any, res: any, next: Next) => storage.run('mine', next))
        app.get('/h/:id', (req: any, res: any, next: Next) => seen.push(typeof next()), handler)
        app.get('/error', () => {
          throw 'text'
        })
        app.use(onError)
        const router = app._router ?? app.router
        const route = router.stack.find((layer: any) => layer.route?.path === '/h/:id').route
        const Layer = router.stack[0].constructor
        seen.push(
          router.stack.map((layer: any) => [layer.name, layer.handle.length, Object.keys(layer)]),
          router.stack.some((layer: any) => layer.handle === onError),
          route.stack[1].handle === handler,
          Object.keys(handler),
          route.stack.map((layer: any) => [layer.name, layer.method, Object.keys(layer)]),
          Reflect.ownKeys(Layer.prototype).map((key) => [
            String(key),
            Layer.prototype[key].length,
            Layer.prototype[key].name,
          ]),
          [router.use.length, router.use.name, router.handle.length, router.handle.name, app.use.length],
        )
        seen.push(
          await serving(app, async (port: number) =>
            [await ask(port, 'GET /h/1'), await ask(port, 'GET /error')].map(({ status, body }) => [
              status,
              body.slice(-10),
            ]),
          ),
        )
        // Requests of the application's own making.
        const fake = (url: string): void => {
          const res = {
            setHeader() {},
            end: () => seen.push('ended'),
            status() {
              return res
            },
            send: (text: string) => seen.push(text),
          }
          const req = { method: 'GET', url, headers: {} }
          app.handle(req, Object.setPrototypeOf(res, null), (error: any) => seen.push(['done', String(error)]))
        }
        const plain = express.Router()
        plain.get('/a', (req: any, res: any, next: Next) => next())
        plain.handle({ method: 'GET', url: '/a' }, {}, (error: any) => seen.push(['plain', String(error)]))
        plain({ method: 'GET', url: '/b' }, undefined, (error: any) => seen.push(['none', String(error)]))
        try {
          plain.handle(undefined, {}, () => {})
        } catch (error: any) {
          seen.push(error.message)
        }
        try {
          plain.use('/x')
        } catch (error: any) {
          seen.push(error.message)
        }
        try {
          plain.use('/y', () => {}, 1)
        } catch (error: any) {
          seen.push(error.message, plain.stack.length)
        }
        fake('/nowhere')
        setTimeout(() => console.log(JSON.stringify(seen, null, 1)), 5)
      }
      const bare = await runBare(app, { cwd, args: [askPath] })
      const { stdout, stderr } = await run(app)
      assert.equal(stdout, bare.stdout)
      assert.equal(stderr, bare.stderr)
      assert.match(bare.stdout, /ended|done/)
    })

    it('leaves an unhandled rejection to whom it belongs', async () => {
      const app = async (path: string): Promise<void> => {
        const { serving, ask } = require(path)
        const app = require('express')().set('env', 'test')
        app.get('/', async (req: any, res: any) => {
          setTimeout(() => res.headersSent || res.sendStatus(202), 5)
          throw Object.assign(new Error('lost'), { stack: 'lost' })
        })
        process.on('unhandledRejection', (error: any) => console.log(`unhandled ${error.message}`))
        console.log((await serving(app, (port: number) => ask(port, 'GET /'))).status)
      }
      const bare = await runBare(app, { cwd, args: [askPath] })
      const { stdout, spans } = await run(app)
      assert.equal(stdout, bare.stdout)
      assert.equal(stdout, major === 5 ? '500\n' : 'unhandled lost\n202\n')
      assertChild(spanNamed(spans, 'handler /'), spanNamed(spans, 'GET /'))
    })

    it('makes no spans of requests that are not sampled, nor where there is no server span', async () => {
      const app = (path: string): unknown => {
        const app = require('express')()
        app.get('/:id', (req: any, res: any) => res.send('ok'))
        return require(path).askAll(app, ['GET /1'])
      }
      const unsampled = await run(app, [], { OTEL_TRACES_SAMPLER: 'always_off', ...WITH_MIDDLEWARE })
      assert.deepEqual([unsampled.stdout, unsampled.spans.length], ['[200]\n', 0])
      const alone = await run(app, [], { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http', ...WITH_MIDDLEWARE })
      assert.deepEqual([alone.stdout, alone.stderr, alone.spans.length], ['[200]\n', '', 0])
    })
  })
}
