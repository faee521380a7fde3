/**
 * `http2`: the span of a stream received and of a stream sent, and of what a server of both protocols gets by HTTP/1.
 *
 * The classes of sessions, streams and servers are nobody's to import: their prototypes are patched when the first of a
 * kind is seen. As with `http` nothing is added that an application could see.
 */
import type * as Http from 'node:http'
import type * as Http2 from 'node:http2'
import { promisify } from 'node:util'
import { defineInstrumentation, type Kit } from '../src/instrumentation.js'
import { patchServer } from './http-server.js'
import { patchSession } from './http2-client.js'
import { patchStreams } from './http2-server.js'

export const http2 = defineInstrumentation({
  name: 'http2',
  summary: 'Streams received and sent',
  patches: [{ module: 'http2', patch: patchHttp2 }],
})

function patchHttp2(exports: typeof Http2, kit: Kit): void {
  const patched = new WeakSet()
  for (const name of ['createServer', 'createSecureServer'] as const) {
    kit.wrap(exports, name, (create: (this: unknown) => object) => {
      return function createServerTraced() {
        const server = create.apply(this, arguments as never)
        const prototype = Object.getPrototypeOf(server) as Http.Server
        if (!patched.has(prototype)) {
          patched.add(prototype)
          patchStreams(prototype, kit)
          patchFallback(prototype, kit)
        }
        return server
      }
    })
  }
  patchConnect(exports, kit)
}

/** With `allowHTTP1` a server gives requests of the older protocol out as `http` does. */
function patchFallback(prototype: Http.Server, kit: Kit): void {
  const { ServerResponse } = require('node:http') as typeof Http
  patchServer(prototype, ServerResponse, kit)
}

function patchConnect(exports: typeof Http2, kit: Kit): void {
  kit.wrap(exports, 'connect', (connect: Connect) => {
    const connectTraced: Connect = function (this: unknown, authority) {
      const session = connect.apply(this, arguments as never)
      patchSession(session, authority, kit)
      return session
    }
    promiseAs((connect as Promisable)[promisify.custom], connectTraced)
    return connectTraced
  })
}

/** The original's promises call the original. As there, an error before the connection rejects; with older Nodes none does. */
function promiseAs(original: unknown, connectTraced: Connect): void {
  if (typeof original !== 'function') return
  const rejects = String(original).includes('reject')
  const promised = (authority: Authority, options: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const session = connectTraced(authority, options, () => {
        session.removeListener('error', reject)
        resolve(session)
      })
      if (rejects) session.once('error', reject)
    })
  Object.defineProperty(promised, 'name', { value: original.name, configurable: true })
  Object.defineProperty(connectTraced, promisify.custom, { value: promised })
}

type Authority = string | URL | object
type Connect = (authority: Authority, ...rest: unknown[]) => Http2.ClientHttp2Session
type Promisable = Connect & { readonly [promisify.custom]?: unknown }
