/**
 * An application that leaves secrets wherever it can. Its source runs in a process of its own: it uses nothing but its
 * parameters.
 */
import type { Kind, Planted } from './planted.js'

export async function careless(byKind: Readonly<Record<Kind, readonly string[]>>): Promise<void> {
  const http = require('node:http')
  const { execFile, execFileSync, exec } = require('node:child_process')
  const { once } = require('node:events')
  const express = require('express')
  const pg = require('pg')
  const redis = require('redis')
  const Redis = require('ioredis')
  const undici = require('undici')
  const ignore = (): undefined => undefined

  // ---- databases ----

  const sql = async (): Promise<void> => {
    for (const text of byKind.sql) {
      const client = new pg.Client(process.env['DATABASE_URL'])
      client.on('error', ignore)
      await client.connect()
      // A COPY without data waits for it.
      const asked = client.query(text).catch(ignore)
      if (/^copy/i.test(text)) client.connection.once('copyInResponse', () => client.connection.sendCopyFail('enough'))
      await asked
      await client.end()
    }
    const client = new pg.Client(process.env['DATABASE_URL'])
    await client.connect()
    for (const text of byKind.parameters) {
      const secret = /hush\d+hush/.exec(text)?.[0]
      const plain = text.replace(/ -- .*$/, '')
      await client.query(plain, [secret]).catch(ignore)
      await client.query({ text: plain, values: [{ toPostgres: () => secret }] }).catch(ignore)
      await client.query({ name: plain, text: plain, values: [[secret]] }).catch(ignore)
    }
    await client.query("CREATE TEMP TABLE kept (a text UNIQUE CHECK (a NOT LIKE '%x'))")
    for (let i = 0; i < 2; i++) await client.query('INSERT INTO kept VALUES ($1)', [byKind.parameters[0]]).catch(ignore)
    await client.query('INSERT INTO kept VALUES ($1)', [`${byKind.parameters[1]}x`]).catch(ignore)
    await client.end()
  }
  const commandsOf = (texts: readonly string[], key: string): string[][] =>
    texts.map((text) => text.split(' ').map((word) => word.replace(/^KEY/, key)))
  const nodeRedis = async (): Promise<void> => {
    const key = `privacy:${process.pid}:redis`
    const client = redis.createClient({ url: process.env['REDIS_URL'] })
    client.on('error', ignore)
    await client.connect()
    for (const command of commandsOf(byKind.redis, key)) await client.sendCommand(command).catch(ignore)
    await client
      .multi()
      .addCommand(['SET', key, String(byKind.redis[3])])
      .exec()
      .catch(ignore)
    await client.subscribe('channel', ignore).catch(ignore)
    client.destroy()
    const locked = redis.createClient({ url: String(byKind.urls[0]), socket: { reconnectStrategy: false } })
    locked.on('error', ignore)
    await locked.connect().catch(ignore)
  }
  const ioRedis = async (): Promise<void> => {
    const key = `privacy:${process.pid}:ioredis`
    const client = new Redis(process.env['REDIS_URL'])
    client.on('error', ignore)
    for (const command of commandsOf(byKind.ioredis, key)) await client.call(...command).catch(ignore)
    await client.pipeline().set(key, String(byKind.ioredis[3])).exec()
    await client.multi().lpush(key, String(byKind.ioredis[3])).exec().catch(ignore)
    await client.del(key)
    client.disconnect()
  }

  // ---- requests ----

  const app = express()
  app.use(express.json(), express.urlencoded())
  app.get('/throw', (req: any) => {
    const error: any = new Error(byKind.messages[req.query.i])
    if (req.query.how === 'changed') {
      error.message = 'nothing to see'
      error.cause = new Error(byKind.messages[req.query.i])
    }
    throw req.query.how === 'text' ? byKind.messages[req.query.i] : error
  })
  app.use((req: any, res: any) => {
    res.setHeader('Set-Cookie', `session=${byKind.headers[4]}`)
    res.end(JSON.stringify(req.headers) + JSON.stringify(req.body ?? ''))
  })
  app.use((_error: unknown, _req: unknown, res: any, _next: unknown) => res.status(500).end())
  const server = app.listen(0)
  await once(server, 'listening')
  const { port } = server.address()
  const base = `http://127.0.0.1:${port}`
  const read = async (res: any): Promise<void> => {
    for await (const _ of res);
  }
  const get = (options: unknown, body?: string): Promise<void> =>
    new Promise((resolve) => {
      const req = http.request(options, (res: any) => void read(res).then(resolve))
      req.on('error', resolve).end(body)
    })
  const raw = async (text: string): Promise<void> => {
    const socket = require('node:net').connect(port, '127.0.0.1')
    socket.on('error', ignore).resume().write(text)
    await once(socket, 'close')
  }
  const requests = async (): Promise<void> => {
    for (const path of byKind.http) await get({ port, path })
    for (const path of byKind.fetch) await fetch(base + path).then((res) => res.text(), ignore)
    for (const path of byKind.undici) await undici.request(base + path).then(({ body }: any) => body.text(), ignore)
    for (const line of byKind.headers) {
      const [name = '', value = ''] = line.split(': ')
      await get({ port, headers: { [name]: value } })
      if (name !== 'Host')
        await undici.request(base, { headers: { [name]: value } }).then(({ body }: any) => body.text())
      await raw(`GET /raw HTTP/1.1\r\n${name === 'Host' ? '' : 'Host: a\r\n'}${line}\r\nConnection: close\r\n\r\n`)
    }
    for (const url of byKind.urls.slice(1)) {
      const target = url.replace('PORT', port)
      await get(target).catch(ignore)
      await undici
        .request(target)
        .then(({ body }: any) => body.text())
        .catch(ignore)
      await fetch(target)
        .then((res) => res.text())
        .catch(ignore)
      await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    }
    await get({ port, auth: `user:${byKind.headers[0]}` })
    for (const body of byKind.bodies) {
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        await get({ port, method: 'POST', headers: { 'content-type': type } }, body)
      }
    }
    for (const i of byKind.messages.keys()) {
      for (const how of ['error', 'text', 'changed']) await get({ port, path: `/throw?i=${i}&how=${how}` })
    }
  }

  // ---- processes ----

  const processes = async (): Promise<void> => {
    for (const text of byKind.processes) {
      const env = { ...process.env, NODE_OPTIONS: '', SECRET: text }
      const done = (resolve: () => void): (() => void) => resolve
      if (text.startsWith('SHELL')) await new Promise<void>((resolve) => exec(`true ${text}`, done(resolve)))
      else if (text.startsWith('SYNC')) execFileSync('true', [text], { env })
      else if (text.startsWith('FAILS'))
        await new Promise<void>((resolve) => execFile('false', [text], { env }, done(resolve)))
      else
        await new Promise<void>((resolve) =>
          execFile('true', text.startsWith('ENV') ? [] : [text], { env }, done(resolve)),
        )
    }
  }
  app.get('/processes', ignore)
  const worker = http.createServer((_req: unknown, res: any) => void processes().then(() => res.end())).listen(0)
  await once(worker, 'listening')

  await Promise.all([sql(), nodeRedis(), ioRedis(), requests(), get({ port: worker.address().port })])
  worker.close()
  server.close()
  server.closeAllConnections()
}

/** The texts by the kind of place. */
export function byKind(planted: readonly Planted[]): Record<string, string[]> {
  const texts: Record<string, string[]> = {}
  for (const { kind, text } of planted) (texts[kind] ??= []).push(text)
  return texts
}
