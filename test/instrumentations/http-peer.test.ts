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

/** V8's own word on which kind of object something is. */
const nodeArgs = ['--allow-natives-syntax', '-r', preload]

describe('a socket, and what is sent over it,', () => {
  it('is one kind of object to V8, whether its request is recorded or not', async () => {
    const { stdout } = await succeed(
      () => {
        const http = require('node:http')
        const areAlike = new Function('one', 'other', 'return %HaveSameMap(one, other)')
        const sockets: unknown[] = []
        const server = http.createServer((req: any, res: any) => {
          sockets.push(req.socket)
          res.end()
        })
        server.listen(0, async () => {
          for (const sampled of ['1', '0', '1']) {
            const headers = {
              'x-b3-traceid': '463ac35c9f6413ad',
              'x-b3-spanid': 'a2fb4a1d1a96d312',
              'x-b3-sampled': sampled,
            }
            const request = { port: server.address().port, agent: false, headers }
            await new Promise((resolve) => http.get(request, (res: any) => res.resume().on('end', resolve)))
          }
          console.log(areAlike(sockets[0], sockets[1]), areAlike(sockets[1], sockets[2]))
          server.close()
        })
      },
      { nodeArgs },
    )
    assert.equal(stdout, 'true true\n')
  })

  it('is so for undici too, from the first request on that is recorded', async () => {
    const { stdout } = await succeed(
      () => {
        const http = require('node:http')
        const areAlike = new Function('one', 'other', 'return %HaveSameMap(one, other)')
        const sent: { request: unknown; socket: unknown }[] = []
        require('node:diagnostics_channel').subscribe('undici:client:sendHeaders', (message: any) => sent.push(message))
        const upstream = http.createServer((_req: any, res: any) => res.setHeader('connection', 'close').end())
        const server = http.createServer(async (_req: any, res: any) => {
          await (await fetch(`http://localhost:${upstream.address().port}`)).text()
          res.end()
        })
        upstream.listen(0, () =>
          server.listen(0, async () => {
            for (const sampled of ['1', '0', '1']) {
              const headers = {
                'x-b3-traceid': '463ac35c9f6413ad',
                'x-b3-spanid': 'a2fb4a1d1a96d312',
                'x-b3-sampled': sampled,
              }
              const request = { port: server.address().port, agent: false, headers }
              await new Promise((resolve) => http.get(request, (res: any) => res.resume().on('end', resolve)))
            }
            const [first, second, third] = sent
            console.log(areAlike(first?.request, second?.request), areAlike(second?.request, third?.request))
            console.log(areAlike(first?.socket, second?.socket), areAlike(second?.socket, third?.socket))
            server.close()
            upstream.close()
          }),
        )
      },
      { nodeArgs },
    )
    assert.equal(stdout, 'true true\ntrue true\n')
  })
})
