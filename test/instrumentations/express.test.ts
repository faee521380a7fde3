import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { askPath } from '../support/ask.js'
import { libraries, root, runBare, trace, type App, type Traced } from '../support/run.js'
import { assertChild, namesOf, spanNamed, spansOf, treeOf } from '../support/spans.js'

const api = join(root, 'dist', 'src', 'index.js')
const WITH_MIDDLEWARE = { PRETRACE_EXPRESS_MIDDLEWARE: 'true' }

function servers(spans: readonly Arrived[]): Arrived[] {
  return spans.filter((span) => span.kind === 'server').sort((a, b) => a.start - b.start)
}

/** Errors as recorded, with the span that they are on. */
function errorsOn(spans: readonly Arrived[]): string[] {
  return spans.flatMap(({ name, events }) =>
    events.map(({ attributes }) => `${name}: ${String(attributes['exception.message'] ?? attributes['message'])}`),
  )
}

for (const [title, folder, major] of [
  ['express 5', 'current', 5],
  ['express 4', 'express-4', 4],
] as const) {
  const cwd = libraries(folder)

  /** What each request was answered with, and what its span is called. */
  async function routesOf(app: App, requests: readonly string[]): Promise<Record<string, string>> {
    const { stdout, stderr, spans } = await trace(app, { cwd, args: [askPath, requests, major] })
    assert.equal(stderr, '')
    const statuses = JSON.parse(stdout) as number[]
    const names = namesOf(servers(spans))
    assert.equal(names.length, requests.length)
    return Object.fromEntries(requests.map((request, index) => [request, `${statuses[index]} ${names[index]}`]))
  }

  const run = (app: App, args: readonly unknown[] = [], env: Record<string, string> = {}): Promise<Traced> =>
    trace(app, { cwd, args: [askPath, ...args], env: { NODE_ENV: 'test', ...env } })

  describe(title, () => {
    it('names a request by the pattern of its route, through routers, applications, lists and expressions', async () => {
      const expected = {
        'GET /': '200 GET /',
        'GET /users/7': '200 GET /users/:id',
        'GET /USERS/7/?x=1': '200 GET /users/:id',
        'HEAD /users/7': '200 HEAD /users/:id',
        'POST /users/7': '200 POST /users/:id',
        'DELETE /any': '200 DELETE /any',
        'GET /slash': '200 GET /slash',
        'GET /one/7': '200 GET /one/:a',
        'GET /two/8': '200 GET /two/:b',
        'GET /three': '200 GET /^\\/thr.e$/',
        'GET /v10/thing': '200 GET /^\\/v\\d+/thing',
        'GET /tenants/1/items/2': '200 GET /tenants/:tenant/items/:item',
        'GET /clients/1/items/2': '200 GET /clients/:client/items/:item',
        'GET /tenants/1/': '200 GET /tenants/:tenant',
        'GET /left/deep/er/5': '200 GET /left/deep/er/:n',
        'GET /right/deep/er/5': '200 GET /right/deep/er/:n',
        'GET /admin/settings/a': '200 GET /admin/settings/:key',
        'GET /plain': '200 GET /plain',
        'GET /listed/1': '200 GET /listed/:id',
        'GET /chain/1': '200 GET /chain/:id',
        'GET /late/1': '200 GET /late/:id',
        'GET /p%20q/a%20b': '200 GET /p%20q/:x',
      }
      const app = (path: string, requests: string[]): unknown => {
        const express = require('express')
        const answer = (req: any, res: any): unknown => res.send('ok')
        const app = express()
        app.get('/', answer)
        app.route('/users/:id').get(answer).post(answer)
        app.all('/any', answer)
        app.get('/slash/', answer)
        app.get(['/one/:a', '/two/:b', /^\/thr.e$/], answer)
        app.use(/^\/v\d+/, express.Router().get('/thing', answer))
        const items = express.Router({ mergeParams: true }).get('/items/:item', answer).get('/', answer)
        app.use('/tenants/:tenant', items)
        app.use('/clients/:client', items)
        app.use(['/left', '/right/'], express.Router().use('/deep', express.Router().get('/er/:n', answer)))
        const admin = express()
        admin.use('/settings', express.Router().get('/:key', answer))
        app.use('/admin', admin)
        app.use('/', express.Router().get('/plain', answer))
        const pass = (req: any, res: any, next: any): unknown => next()
        app.use([pass, [pass]], pass, express.Router().get('/listed/:id', answer))
        app.get('/chain/:id', pass, [pass, answer])
        app.use('/late', (req: any, res: any, next: any) => setTimeout(next, 1))
        app.param('id', (req: any, res: any, next: any) => setImmediate(next))
        app.get('/late/:id', answer)
        app.get('/p%20q/:x', answer)
        return require(path).askAll(app, requests)
      }
      assert.deepEqual(await routesOf(app, Object.keys(expected)), expected)
    })

    it('gives no route to what no route has answered', async () => {
      const expected = {
        'GET /nowhere': '404 GET',
        'GET /tenants/1/nowhere': '404 GET',
        'GET /fallen': '404 GET',
        'GET /fallen/route': '404 GET',
        'GET /fallen/router': '404 GET',
        'GET /middleware': '200 GET',
        'GET /static/package.json': '200 GET',
        'GET /guarded/1': '403 GET',
        'OPTIONS /options': '200 OPTIONS',
        'POST /options': '404 POST',
        'GET /directory': '404 GET',
        'GET /file': '200 GET /file',
        'GET /nested/own': '404 GET',
        'GET /both/1': '200 GET /both/:second',
        'GET /twice': '200 GET /twice',
        'GET /around/inner': '200 GET /around/inner',
        'GET /around/outer': '200 GET /around/:rest',
      }
      const app = (path: string, requests: string[]): unknown => {
        const express = require('express')
        const answer = (req: any, res: any): unknown => res.send('ok')
        const pass = (req: any, res: any, next: any): unknown => next()
        const app = express()
        app.use('/tenants/:tenant', express.Router().get('/items', answer))
        app.get('/fallen', pass, async (req: any, res: any, next: any) => {
          await null
          next()
        })
        app.get('/fallen/route', (req: any, res: any, next: any) => next('route'), answer)
        const left = express.Router()
        left.get('/router', (req: any, res: any, next: any) => next('router'))
        left.get('/router', answer)
        app.use('/fallen', left)
        app.use('/middleware', pass, answer)
        app.use('/static', express.static(process.cwd()))
        app.get('/guarded/:first', pass)
        app.param('second', (req: any, res: any, next: any) => (req.url === '/both/1' ? next() : res.sendStatus(403)))
        app.get('/guarded/:second', answer)
        app.get('/options', answer)
        app.get('/directory', (req: any, res: any) => res.sendFile(process.cwd()))
        app.get('/file', (req: any, res: any) => res.sendFile(`${process.cwd()}/package.json`))
        app.use('/nested', express.Router().get('/own', pass))
        app.get('/both/:first', pass)
        app.get('/both/:second', answer)
        app.get('/twice', (req: any, res: any, next: any) => {
          res.send('ok')
          next()
        })
        app.get('/twice', pass)
        app.get('/:other', pass)
        const inner = express.Router().get('/around/inner', answer).get('/around/outer', pass)
        app.get('/around/:rest', (req: any, res: any) => inner(req, res, () => res.send('outer')))
        app.use((req: any, res: any, next: any) =>
          res.headersSent || req.method === 'OPTIONS' ? next() : res.sendStatus(404),
        )
        return require(path).askAll(app, requests)
      }
      assert.deepEqual(await routesOf(app, Object.keys(expected)), expected)
    })

    it('names a failure by the route that failed', async () => {
      const expected = {
        'GET /thrown/1': '500 GET /thrown/:id',
        'GET /passed/1': '500 GET /passed/:id',
        'GET /nested/1': '500 GET /nested/:id',
        'GET /handled/1': '418 GET /handled/:id',
        'GET /recovered/1': '404 GET',
        'GET /middleware/1': '500 GET',
        'GET /param/1': '500 GET',
        'GET /%zz': '400 GET',
        ...(major === 5 && { 'GET /rejected/1': '500 GET /rejected/:id' }),
      }
      const app = (path: string, requests: string[]): unknown => {
        const express = require('express')
        const app = express().set('env', 'test')
        const fail = (): never => {
          throw new Error('oh')
        }
        app.get('/thrown/:id', fail)
        app.get('/passed/:id', (req: any, res: any, next: any) => setTimeout(next, 1, new Error('oh')))
        app.use('/nested', express.Router().get('/:id', fail))
        app.get('/handled/:id', fail)
        app.use('/handled', (error: any, req: any, res: any, next: any) => res.sendStatus(418))
        app.use('/recovered', express.Router().get('/:id', fail))
        app.use('/recovered', (error: any, req: any, res: any, next: any) => next())
        app.use('/middleware', fail)
        app.param('bad', (req: any, res: any, next: any) => next(new Error('oh')))
        app.get('/param/:bad', fail)
        app.get('/rejected/:id', () => Promise.reject(new Error('oh')))
        app.get('/:name', fail)
        return require(path).askAll(app, requests)
      }
      assert.deepEqual(await routesOf(app, Object.keys(expected)), expected)
    })

    it('makes a span of each handler, in which its work is, and none of middleware', async () => {
      const app = async (path: string, api: string): Promise<void> => {
        const { serving, ask } = require(path)
        const { tracer, activeSpan } = require(api)
        const work = (name: string): void => tracer.startSpan(name, { childOf: activeSpan() }).finish()
        const express = require('express')
        const app = express()
        app.use(express.json(), function middle(req: any, res: any, next: any) {
          work('middle work')
          next()
        })
        app.get(
          '/users/:id',
          function loadUser(req: any, res: any, next: any) {
            work('load')
            setTimeout(next, 2)
          },
          async (req: any, res: any) => {
            await null
            work('answer')
            res.write('a')
            await new Promise((resolve) => setTimeout(resolve, 5))
            work('stream')
            res.end('b')
          },
        )
        console.log((await serving(app, (port: number) => ask(port, 'GET /users/1'))).status)
      }
      const { spans, stdout, stderr } = await run(app, [api])
      assert.equal(stderr + stdout, '200\n')
      assert.equal(
        treeOf(spans),
        [
          'GET /users/:id',
          '  middle work',
          '  loadUser /users/:id',
          '    load',
          '  handler /users/:id',
          '    answer',
          '    stream',
        ].join('\n'),
      )
      const handlers = spansOf(spans, 'express')
      for (const { kind, attributes, failed } of handlers) {
        assert.deepEqual([kind, attributes['http.route'], failed], ['internal', '/users/:id', false])
      }
      const [load, answer] = handlers as [Arrived, Arrived]
      assert.ok(load.end <= answer.start, 'the first handler ends when it passes on')
      assert.ok(answer.end >= spanNamed(spans, 'stream').end, 'the last one ends with the response')
      assert.ok(answer.end <= spanNamed(spans, 'GET /users/:id').end, 'and not after it')
    })

    it('makes spans of middleware, mounted routers and error handlers where that is asked for', async () => {
      const app = (path: string): unknown => {
        const express = require('express')
        const app = express()
        app.use(
          function first(req: any, res: any, next: any) {
            next()
          },
          (req: any, res: any, next: any) => setTimeout(next, 1),
        )
        const router = express.Router()
        router.use('/:x', (req: any, res: any, next: any) => next())
        router.get('/b', function fails() {
          throw new Error('oh')
        })
        app.use('/a', router)
        app.use(function wrong(error: any, req: any, res: any, next: any) {
          next(new TypeError('worse'))
        })
        app.use(function right(error: any, req: any, res: any, next: any) {
          res.sendStatus(error instanceof TypeError ? 409 : 500)
        })
        return require(path).askAll(app, ['GET /a/b'])
      }
      const { spans, stdout, stderr } = await run(app, [], WITH_MIDDLEWARE)
      assert.equal(stderr + stdout, '[409]\n')
      const builtIn = /^ +middleware (query|expressInit)\n/gm
      assert.equal(
        treeOf(spans).replace(builtIn, ''),
        [
          'GET /a/b',
          '  middleware first',
          '  middleware /',
          '  middleware router',
          '    middleware /a/:x',
          '    fails /a/b',
          '  error handler wrong',
          '  error handler right',
        ].join('\n'),
      )
      assert.deepEqual(errorsOn(spans).sort(), ['error handler wrong: worse', 'fails /a/b: oh'])
      const failed = spans.filter((span) => span.failed)
      assert.deepEqual(namesOf(failed).sort(), ['error handler wrong', 'fails /a/b'])
      const [server] = servers(spans) as [Arrived]
      for (const span of spansOf(spans, 'express')) assert.ok(span.end <= server.end, `${span.name} ends in time`)
    })

    it('ends the spans of middleware that answers or never does', async () => {
      const app = async (path: string): Promise<void> => {
        const { serving, ask } = require(path)
        const express = require('express')
        const app = express()
        app.use('/answers', function answers(req: any, res: any) {
          res.send('ok')
        })
        app.get('/aborted', function aborted(req: any, res: any) {
          res.write('a')
          setTimeout(() => req.socket.destroy(), 2)
        })
        await serving(app, async (port: number) => {
          await ask(port, 'GET /answers')
          await ask(port, 'GET /aborted')
        })
      }
      const { spans, stderr } = await run(app, [], WITH_MIDDLEWARE)
      assert.equal(stderr, '')
      const [answered, aborted] = servers(spans) as [Arrived, Arrived]
      assertChild(spanNamed(spans, 'middleware answers'), answered)
      assertChild(spanNamed(spans, 'aborted /aborted'), aborted)
      assert.equal(aborted.name, 'GET /aborted')
    })

    it('records an error once, where it happened', async () => {
      const expected = [
        ['GET /thrown', 'thrown /thrown: a'],
        ['GET /passed', 'passed /passed: b'],
        ['GET /middleware', 'GET: c'],
        ['GET /param/1', 'GET: d'],
        ['GET /handled', 'handled /handled: e'],
        ['GET /worse', 'worse /worse: f', 'GET /worse: g'],
        ['GET /inner', 'inner /inner: h'],
        ['GET /signal'],
        ['GET /missing', 'missing /missing: ENOENT'],
        ...(major === 5 ? [['GET /rejected', 'rejected /rejected: i']] : []),
      ]
      const app = (path: string, requests: string[]): unknown => {
        const express = require('express')
        const app = express().set('env', 'test')
        const toss = (message: string): never => {
          throw new Error(message)
        }
        const pass = (req: any, res: any, next: any): unknown => next()
        app.get('/thrown', function thrown() {
          toss('a')
        })
        app.get('/passed', function passed(req: any, res: any, next: any) {
          setTimeout(next, 1, new Error('b'))
        })
        app.use('/middleware', (req: any, res: any, next: any) => next(new Error('c')))
        app.param('id', () => toss('d'))
        app.get('/param/:id', pass)
        app.get('/handled', function handled() {
          toss('e')
        })
        app.get('/worse', function worse() {
          toss('f')
        })
        app.get(
          '/inner',
          function inner() {
            toss('h')
          },
          (error: any, req: any, res: any, next: any) => next(error),
        )
        app.get('/signal', (req: any, res: any, next: any) => next('route'))
        app.get('/signal', (req: any, res: any, next: any) => next('router'))
        app.get('/missing', function missing(req: any, res: any) {
          res.sendFile('/none/such')
        })
        app.get('/rejected', function rejected() {
          return Promise.reject(new Error('i'))
        })
        app.use(pass, express.Router().use(pass))
        app.use('/handled', (error: any, req: any, res: any, next: any) => res.sendStatus(404))
        app.use(
          '/worse',
          () => toss('x'),
          (error: any, req: any, res: any, next: any) => toss('g'),
        )
        app.use((error: any, req: any, res: any, next: any) => next(error))
        return require(path).askAll(app, requests)
      }
      const { spans, stderr } = await run(app, [expected.map(([request]) => request)])
      assert.equal(stderr, '')
      const got = servers(spans).map(({ traceId, attributes }) => [
        `GET ${String(attributes['url.path'])}`,
        ...errorsOn(spans.filter((span) => span.traceId === traceId).sort((a, b) => b.start - a.start)).map((line) =>
          line.replace(/ENOENT.*/, 'ENOENT'),
        ),
      ])
      assert.deepEqual(got, expected)
      const failedHandlers = spansOf(spans, 'express').filter((span) => span.failed)
      assert.equal(failedHandlers.length, major === 5 ? 7 : 6)
      const unfailed = servers(spans)
        .filter((span) => !span.failed)
        .map(({ attributes }) => attributes['url.path'])
      assert.deepEqual(unfailed, ['/handled', '/signal', '/missing'])
    })

    it('keeps concurrent requests apart', async () => {
      const app = async (path: string, api: string): Promise<void> => {
        const { serving, ask } = require(path)
        const { tracer, activeSpan } = require(api)
        const app = require('express')()
        const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
        const queue: (() => void)[] = []
        // A queue that loses the context: whoever comes last calls the others.
        app.use((req: any, res: any, next: any) => queue.push(next) === 10 && queue.forEach((go) => go()))
        app.get('/:id', async (req: any, res: any) => {
          await pause()
          tracer.startSpan(`work ${req.params.id}`, { childOf: activeSpan() }).finish()
          await pause()
          res.send('ok')
        })
        await serving(app, (port: number) =>
          Promise.all(Array.from({ length: 10 }, (_, index) => ask(port, `GET /${index}`))),
        )
      }
      const { spans } = await run(app, [api])
      assert.equal(servers(spans).length, 10)
      for (const server of servers(spans)) {
        const below = spans.filter((span) => span.traceId === server.traceId)
        const id = String(server.attributes['url.path']).slice(1)
        assert.equal(treeOf(below), `GET /:id\n  handler /:id\n    work ${id}`)
      }
    })

    it('lets spans that middleware makes active be above the handlers', async () => {
      const app = (path: string, api: string): unknown => {
        const { tracer, activeSpan, withSpan } = require(api)
        const app = require('express')()
        app.use((req: any, res: any, next: any) => {
          const span = tracer.startSpan('mine', { childOf: activeSpan() })
          withSpan(span, next)
          span.finish()
        })
        app.get('/', (req: any, res: any) => res.send('ok'))
        return require(path).askAll(app, ['GET /'])
      }
      for (const env of [{}, WITH_MIDDLEWARE]) {
        const { spans } = await run(app, [api], env)
        assertChild(spanNamed(spans, 'handler /'), spanNamed(spans, 'mine'))
      }
    })

    it('shows an application nothing of itself', async () => {
      const app = async (path: string): Promise<void> => {
        const { serving, ask } = require(path)
        const { AsyncLocalStorage } = require('node:async_hooks')
        const storage = new AsyncLocalStorage()
        const express = require('express')
        const app = express()
        const seen: unknown[] = []
        const handler = Object.assign(
          (req: any, res: any, next: any) => {
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
        const onError = (error: any, req: any, res: any, next: any): unknown => res.status(500).send(String(error))
        app.use((req: any, res: any, next: any) => storage.run('mine', next))
        app.get('/h/:id', (req: any, res: any, next: any) => seen.push(typeof next()), handler)
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
        plain.get('/a', (req: any, res: any, next: any) => next())
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
