import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { peerOf } from '../../instrumentations/http-peer.js'
import { preload, succeed } from '../support/run.js'

/** A socket that counts how often it is asked. */
class Counting {
  asked = 0
  address: string | undefined

  constructor(address: string | undefined) {
    this.address = address
  }

  get remoteAddress(): string | undefined {
    this.asked++
    return this.address
  }
}

function peer(socket: object): { address: string | undefined; tag: string } {
  const { address, tag } = peerOf(socket as Socket)
  return { address, tag }
}

describe('the peer of a connection', () => {
  it('is asked for once, and then known', () => {
    const socket = new Counting('::1')
    assert.deepEqual(peer(socket), { address: '::1', tag: 'peer.ipv6' })
    assert.deepEqual(peer(socket), { address: '::1', tag: 'peer.ipv6' })
    assert.equal(socket.asked, 1)
    assert.deepEqual(peer(new Counting('::ffff:10.0.0.1')), { address: '10.0.0.1', tag: 'peer.ipv4' })
  })

  it('is asked for again as long as there is none', () => {
    const socket = new Counting(undefined)
    assert.equal(peer(socket).address, undefined)
    socket.address = '10.0.0.1'
    assert.equal(peer(socket).address, '10.0.0.1')
  })

  it('leaves no trace on the socket', () => {
    const socket = new Counting('10.0.0.1')
    peer(socket)
    assert.deepEqual(Reflect.ownKeys(socket), ['asked', 'address'])
  })
})

describe('sockets, and what undici sends over them,', () => {
  it('are one kind of object to V8, whether recorded or not, once something has been', async () => {
    const { stdout } = await succeed(
      () => {
        const http = require('node:http')
        // V8's own word on it.
        const areAlike = new Function('one', 'other', 'return %HaveSameMap(one, other)')
        const met: Record<string, unknown[]> = { accepted: [], requests: [], connected: [] }
        require('node:diagnostics_channel').subscribe('undici:client:sendHeaders', ({ request, socket }: any) => {
          met['requests']?.push(request)
          met['connected']?.push(socket)
        })
        const upstream = http.createServer((_req: any, res: any) => res.setHeader('connection', 'close').end())
        const server = http.createServer(async (req: any, res: any) => {
          met['accepted']?.push(req.socket)
          await (await fetch(`http://localhost:${upstream.address().port}`)).text()
          res.end()
        })
        const get = (sampled: string): Promise<void> => {
          const headers = {
            'x-b3-traceid': '463ac35c9f6413ad',
            'x-b3-spanid': 'a2fb4a1d1a96d312',
            'x-b3-sampled': sampled,
          }
          const request = { port: server.address().port, agent: false, headers }
          return new Promise((resolve) => http.get(request, (res: any) => res.resume().on('end', resolve)))
        }
        upstream.listen(0, () =>
          server.listen(0, async () => {
            for (const sampled of ['1', '0', '1']) await get(sampled)
            for (const [what, [first, second, third]] of Object.entries(met))
              console.log(what, areAlike(first, second), areAlike(second, third))
            server.close()
            upstream.close()
          }),
        )
      },
      { nodeArgs: ['--allow-natives-syntax', '-r', preload] },
    )
    assert.equal(stdout, 'accepted true true\nrequests true true\nconnected true true\n')
  })
})
