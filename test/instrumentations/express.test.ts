import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { askPath } from '../support/ask.js'
import type { Arrived } from '../support/collector.js'
import { expressVersions, WITH_MIDDLEWARE } from '../support/express.js'
import { root, trace, type App, type Traced } from '../support/run.js'
import { assertChild, namesOf, serversIn, spanNamed, spansOf, treeOf } from '../support/spans.js'

const api = join(root, 'dist', 'src', 'index.js')

type Next = (error?: unknown) => void

/** Errors as recorded, with the span that they are on. */
function errorsOn(spans: readonly Arrived[]): string[] {
  return spans.flatMap(({ name, events }) =>
    events.map(({ attributes }) => `${name}: ${String(attributes['exception.message'] ?? attributes['message'])}`),
  )
}

for (const { title, cwd, major } of expressVersions) {
  const run = (app: App, args: readonly unknown[] = [], env: Record<string, string> = {}): Promise<Traced> =>
    trace(app, { cwd, args: [askPath, ...args], env })

  describe(`${title}: spans of handlers`, () => {
    it('makes a span of each handler, in which its work is, and none of middleware', async () => {
      const app = async (path: string, api: string): Promise<void> => {
        const { serving, ask } = require(path)
        const { tracer, activeSpan } = require(api)
        const work = (name: string): void => tracer.startSpan(name, { childOf: activeSpan() }).finish()
        const express = require('express')
        const app = express()
        app.use(express.json(), function middle(req: any, res: any, next: Next) {
          work('middle work')
          next()
        })
        app.get(
          '/users/:id',
          function loadUser(req: any, res: any, next: Next) {
            work('load')
            setTimeout(next, 2)
          },
          async (req: any, res: any) => {
            await new Promise(setImmediate)
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
          function first(req: any, res: any, next: Next) {
            next()
          },
          (req: any, res: any, next: Next) => setTimeout(next, 1),
        )
        const router = express.Router()
        router.use('/:x', (req: any, res: any, next: Next) => next())
        router.get('/b', function fails() {
          throw new Error('oh')
        })
        app.use('/a', router)
        app.use(function wrong(error: any, req: any, res: any, next: Next) {
          next(new TypeError('worse'))
        })
        app.use(function right(error: any, _req: any, res: any, _next: Next) {
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
      const [server] = serversIn(spans) as [Arrived]
      for (const span of spansOf(spans, 'express')) assert.ok(span.end <= server.end, `${span.name} ends in time`)
    })

    it('ends the spans of middleware that answers or never does', async () => {
      const app = async (path: string, api: string): Promise<void> => {
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
        app.get(
          '/gone',
          (req: any, res: any, next: Next) => {
            res.on('close', () => setTimeout(next, 1))
            req.socket.destroy()
          },
          function tooLate(req: any, res: any) {
            const { tracer, activeSpan } = require(api)
            tracer.startSpan('late work', { childOf: activeSpan() }).finish()
            res.send('ok')
          },
        )
        await serving(app, async (port: number) => {
          await ask(port, 'GET /answers')
          await ask(port, 'GET /aborted')
          await ask(port, 'GET /gone')
          await new Promise((resolve) => setTimeout(resolve, 10))
        })
      }
      const { spans, stderr } = await run(app, [api], WITH_MIDDLEWARE)
      assert.equal(stderr, '')
      const [answered, aborted, gone] = serversIn(spans) as [Arrived, Arrived, Arrived]
      assertChild(spanNamed(spans, 'middleware answers'), answered)
      assertChild(spanNamed(spans, 'aborted /aborted'), aborted)
      assert.equal(aborted.name, 'GET /aborted')
      assertChild(spanNamed(spans, 'late work'), gone)
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
        ['GET /again', 'GET /again: j'],
        ['GET /missing', 'missing /missing: ENOENT'],
        ...(major === 5 ? [['GET /rejected', 'rejected /rejected: i']] : []),
      ]
      const app = (path: string, requests: string[]): unknown => {
        const express = require('express')
        const app = express().set('env', 'test')
        const toss = (message: string): never => {
          throw new Error(message)
        }
        const pass = (req: any, res: any, next: Next): unknown => next()
        app.get('/thrown', function thrown() {
          toss('a')
        })
        app.get('/passed', function passed(req: any, res: any, next: Next) {
          setTimeout(next, 1, new Error('b'))
        })
        app.use('/middleware', (req: any, res: any, next: Next) => next(new Error('c')))
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
          (error: any, req: any, res: any, next: Next) => next(error),
        )
        app.get('/signal', (req: any, res: any, next: Next) => next('route'))
        app.get('/signal', (req: any, res: any, next: Next) => next('router'))
        app.get(
          '/again',
          (req: any, res: any, next: Next) => {
            next()
            next(new Error('j'))
          },
          (req: any, res: any) => setTimeout(() => res.headersSent || res.send('ok'), 2),
        )
        app.get('/missing', function missing(req: any, res: any) {
          res.sendFile('/none/such')
        })
        app.get('/rejected', function rejected() {
          return Promise.reject(new Error('i'))
        })
        app.use(pass, express.Router().use(pass))
        app.use('/handled', (_error: any, _req: any, res: any, _next: Next) => res.sendStatus(404))
        app.use(
          '/worse',
          () => toss('x'),
          (_error: any, _req: any, _res: any, _next: Next) => toss('g'),
        )
        app.use((error: any, req: any, res: any, next: Next) => next(error))
        return require(path).askAll(app, requests)
      }
      const { spans, stderr } = await run(app, [expected.map(([request]) => request)])
      assert.equal(stderr, '')
      const got = serversIn(spans).map(({ traceId, attributes }) => [
        `GET ${String(attributes['url.path'])}`,
        ...errorsOn(spans.filter((span) => span.traceId === traceId).sort((a, b) => b.start - a.start)).map((line) =>
          line.replace(/ENOENT.*/, 'ENOENT'),
        ),
      ])
      assert.deepEqual(got, expected)
      const failedHandlers = spansOf(spans, 'express').filter((span) => span.failed)
      assert.equal(failedHandlers.length, major === 5 ? 7 : 6)
      const unfailed = serversIn(spans)
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
        app.use((req: any, res: any, next: Next) => queue.push(next) === 10 && queue.forEach((go) => go()))
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
      assert.equal(serversIn(spans).length, 10)
      for (const server of serversIn(spans)) {
        const below = spans.filter((span) => span.traceId === server.traceId)
        const id = String(server.attributes['url.path']).slice(1)
        assert.equal(treeOf(below), `GET /:id\n  handler /:id\n    work ${id}`)
      }
    })

    it('lets spans that middleware makes active be above the handlers', async () => {
      const app = (path: string, api: string): unknown => {
        const { tracer, activeSpan, withSpan } = require(api)
        const app = require('express')()
        app.use((req: any, res: any, next: Next) => {
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
  })
}
