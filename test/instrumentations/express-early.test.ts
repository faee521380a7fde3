import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { tracedAlike } from '../support/alike.js'
import { askPath } from '../support/ask.js'
import type { Arrived } from '../support/collector.js'
import { WITH_MIDDLEWARE } from '../support/express.js'
import { libraries, type Traced } from '../support/run.js'
import { treeOf } from '../support/spans.js'

type Next = (error?: unknown) => void

/** Answers and tells what its functions see of themselves. */
async function everything(path: string): Promise<void> {
  const { serving, ask } = require(path)
  const express = require('express')
  const app = express()
  const told: unknown[] = []
  const functions = new Set<unknown>()
  /** Whether everybody has the functions that the application gave, and is called as a method of what has it. */
  const look = (self: any, fn: unknown): void => {
    const held = [app._router, nested]
      .flatMap(({ stack }) => stack)
      .flatMap(({ handle, route }) => (route === undefined ? [handle] : (route.stack ?? [])))
      .map((has) => (typeof has === 'function' ? has : has.handle))
    const own = held.filter((handle) => functions.has(handle)).length
    told.push([own, self?.handle === fn || self?.stack === fn])
  }
  const given = <Fn>(fn: Fn): Fn => {
    functions.add(fn)
    return fn
  }
  app.param('id', (req: any, res: any, next: Next) => {
    look(undefined, undefined)
    setImmediate(next)
  })
  app.use(
    given(function middle(this: any, req: any, res: any, next: Next) {
      look(this, middle)
      setImmediate(next)
    }),
  )
  app.get(
    '/users/:id',
    given(function loadUser(this: any, req: any, res: any, next: Next) {
      look(this, loadUser)
      setImmediate(next)
    }),
    given(function sendUser(this: any, req: any, res: any) {
      look(this, sendUser)
      res.end(`user ${req.params.id}`)
    }),
  )
  app.route('/all').all(
    given(function everyMethod(this: any, req: any, res: any) {
      look(this, everyMethod)
      res.end('all')
    }),
  )
  app.post('/passed', (req: any, res: any) => res.end('posted'))
  app.get('/passed', (req: any, res: any, next: any) => next('route'))
  app.get('/passed', (req: any, res: any) => res.end('got'))
  const nested = express.Router()
  nested.get(
    '/items/:item',
    given(function item(this: any, req: any, res: any) {
      look(this, item)
      res.end(req.params.item)
    }),
  )
  app.use('/shops', nested)
  app.get('/thrown', () => {
    throw new Error('thrown')
  })
  app.get('/failed', (req: any, res: any, next: Next) => setImmediate(next, new Error('failed')))
  app.use(
    given(function onError(this: any, error: any, req: any, res: any, _next: Next) {
      look(this, onError)
      res.statusCode = 503
      res.end(error.message)
    }),
  )
  await serving(app, async (port: number) => {
    const paths = ['users/7', 'all', 'passed', 'shops/items/2', 'thrown', 'failed', 'nowhere']
    for (const path of paths) {
      told.push(path)
      const { status, body } = await ask(port, `GET /${path}`)
      told.push([status, body])
    }
  })
  console.log(told)
}

describe('express 4.0', () => {
  let ran: Traced
  let spans: readonly Arrived[]

  before(async () => {
    ran = await tracedAlike(everything, { cwd: libraries('express-4.0'), args: [askPath], env: WITH_MIDDLEWARE })
    spans = ran.spans
  })

  it('has every function where the application put it, whenever one of them looks', () => {
    assert.match(ran.stdout, /\[ 6, true ]/)
    assert.doesNotMatch(ran.stdout, /\[ [0-5], |\[ 6, false ]/)
  })

  it('makes the spans that later versions make', () => {
    const middleware = ['  middleware query', '  middleware expressInit', '  middleware middle']
    const trees = [
      ['GET /users/:id', '  loadUser /users/:id', '  sendUser /users/:id'],
      ['GET /all', '  everyMethod /all'],
      ['GET /passed', '  handler /passed', '  handler /passed'],
      ['GET /shops/items/:item', '  middleware router', '    item /shops/items/:item'],
      ['GET /thrown', '  handler /thrown', '  error handler onError'],
      ['GET /failed', '  handler /failed', '  error handler onError'],
      ['GET'],
    ]
    assert.deepEqual(
      treeOf(spans).split('\n'),
      trees.flatMap(([request = '', ...below]) => [request, ...middleware, ...below]),
    )
    const failed = spans.filter((span) => span.failed).map(({ name }) => name)
    assert.deepEqual(failed.sort(), ['GET /failed', 'GET /thrown', 'handler /failed', 'handler /thrown'])
  })
})
