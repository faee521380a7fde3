import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { peerOf } from '../../instrumentations/http-peer.js'

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
