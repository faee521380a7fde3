import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askPath } from '../support/ask.js'
import { expressVersions } from '../support/express.js'
import { trace, type App } from '../support/run.js'
import { namesOf, serversIn } from '../support/spans.js'

type Next = (error?: unknown) => void

for (const { title, cwd, major } of expressVersions) {
  /** What each request was answered with, and what its span is called. */
  async function routesOf(app: App, requests: readonly string[]): Promise<Record<string, string>> {
    const { stdout, stderr, spans } = await trace(app, { cwd, args: [askPath, requests, major] })
    assert.equal(stderr, '')
    const statuses = JSON.parse(stdout) as number[]
    const names = namesOf(serversIn(spans))
    assert.equal(names.length, requests.length)
    return Object.fromEntries(requests.map((request, index) => [request, `${statuses[index]} ${names[index]}`]))
  }

  describe(`${title}: names of requests`, () => {
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
        const pass = (req: any, res: any, next: Next): unknown => next()
        app.use([pass, [pass]], pass, express.Router().get('/listed/:id', answer))
        app.get('/chain/:id', pass, [pass, answer])
        app.use('/late', (req: any, res: any, next: Next) => setTimeout(next, 1))
        app.param('id', (req: any, res: any, next: Next) => setImmediate(next))
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
        'GET /a/directory': '404 GET',
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
        const pass = (req: any, res: any, next: Next): unknown => next()
        const app = express()
        app.use('/tenants/:tenant', express.Router().get('/items', answer))
        app.get('/fallen', pass, async (req: any, res: any, next: Next) => {
          await new Promise(setImmediate)
          next()
        })
        app.get('/fallen/route', (req: any, res: any, next: Next) => next('route'), answer)
        const left = express.Router()
        left.get('/router', (req: any, res: any, next: Next) => next('router'))
        left.get('/router', answer)
        app.use('/fallen', left)
        app.use('/middleware', pass, answer)
        app.use('/static', express.static(process.cwd()))
        app.get('/guarded/:first', pass)
        app.param('second', (req: any, res: any, next: Next) => (req.url === '/both/1' ? next() : res.sendStatus(403)))
        app.get('/guarded/:second', answer)
        app.get('/options', answer)
        app.get('/a/directory', (req: any, res: any) => res.sendFile(process.cwd()))
        app.get('/file', (req: any, res: any) => res.sendFile(`${process.cwd()}/package.json`))
        app.use('/nested', express.Router().get('/own', pass))
        app.get('/both/:first', pass)
        app.get('/both/:second', answer)
        app.get('/twice', (req: any, res: any, next: Next) => {
          res.send('ok')
          next()
        })
        app.get('/twice', pass)
        app.get('/:other', pass)
        const inner = express.Router().get('/around/inner', answer).get('/around/outer', pass)
        app.get('/around/:rest', (req: any, res: any) => inner(req, res, () => res.send('outer')))
        app.use((req: any, res: any, next: Next) =>
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
        'GET /rescued/1': '200 GET /rescued/:id',
        'GET /saved/1': '200 GET /saved/:x',
        'GET /recovered/1': '404 GET',
        'GET /middleware/1': '500 GET',
        'GET /param/1': '500 GET',
        'GET /%zz': '400 GET',
        ...(major === 5 && { 'GET /rejected/1': '500 GET /rejected/:id' }),
      }
      const app = (path: string, requests: string[]): unknown => {
        const express = require('express')
        const answer = (req: any, res: any): unknown => res.send('ok')
        const app = express().set('env', 'test')
        const fail = (): never => {
          throw new Error('oh')
        }
        app.get('/thrown/:id', fail)
        app.get('/passed/:id', (req: any, res: any, next: Next) => setTimeout(next, 1, new Error('oh')))
        app.use('/nested', express.Router().get('/:id', fail))
        app.get('/handled/:id', fail)
        app.use('/handled', (_error: any, _req: any, res: any, _next: Next) => res.sendStatus(418))
        app.use('/recovered', express.Router().get('/:id', fail))
        app.use('/recovered', (_error: any, _req: any, _res: any, next: Next) => next())
        const rescue = express.Router().get('/:id', answer)
        app.use('/rescued/:x', fail)
        app.use('/rescued', (_error: any, req: any, res: any, next: Next) => rescue(req, res, next))
        const saver = express.Router().get('/saved/:x', answer)
        app.get('/saved/:id', fail, (_error: any, req: any, res: any, next: Next) => saver(req, res, next))
        app.use('/middleware', fail)
        app.param('bad', (req: any, res: any, next: Next) => next(new Error('oh')))
        app.get('/param/:bad', fail)
        app.get('/rejected/:id', () => Promise.reject(new Error('oh')))
        app.get('/:name', fail)
        return require(path).askAll(app, requests)
      }
      assert.deepEqual(await routesOf(app, Object.keys(expected)), expected)
    })
  })
}
