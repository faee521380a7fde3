import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeBatch, describeCommand, errorCode, nameOf, toldOf } from '../../instrumentations/redis-describe.js'
import { tagsOf } from '../support/tracing.js'

const shown = (...args: readonly unknown[]): unknown =>
  tagsOf(describeCommand(nameOf(args[0]), args, 1, undefined, true))['db.statement']

describe('describers of redis', () => {
  it('name a command in upper case, given as text or bytes', () => {
    assert.deepEqual(['get', 'FT.SEARCH', Buffer.from('ping')].map(nameOf), ['GET', 'FT.SEARCH', 'PING'])
  })

  it('take nothing for a command that does not look like one', () => {
    const odd = ['set key secret', '', 'x'.repeat(100), 1, null, undefined, {}, Buffer.alloc(10_000)]
    assert.deepEqual([...new Set(odd.map(nameOf))], ['redis'])
  })

  it('write a placeholder for each argument and count the rest', () => {
    const statement = (count: number): unknown =>
      tagsOf(describeCommand('DEL', Array.from({ length: count }), 0, undefined, false))['db.statement']
    assert.deepEqual([0, 1, 8, 9].map(statement), [
      'DEL',
      'DEL ?',
      `DEL${' ?'.repeat(8)}`,
      `DEL${' ?'.repeat(8)} … (+1)`,
    ])
  })

  it('show arguments but for secrets, bytes and odd values', () => {
    for (const [given, expected] of [
      [['SET', 'k', 'v', 'EX', 10], 'SET k v EX 10'],
      [['SET', 'k', Buffer.from('v')], 'SET k ?'],
      [['SET', 'k', { toString: () => 'v' }, null, undefined], 'SET k ? ? ?'],
      [['AUTH', 'pw'], 'AUTH ?'],
      [['HELLO', '3', 'auth', 'user', 'pw', 'SETNAME', 'n'], 'HELLO 3 auth ? ? SETNAME n'],
      [['ACL', 'SETUSER', 'user', 'on', '>pw'], 'ACL SETUSER user ? ?'],
      [['ACL', 'LIST'], 'ACL LIST'],
      [['MIGRATE', 'h', 1, 'k', 0, 5, 'AUTH2', 'user', 'pw'], 'MIGRATE h 1 k 0 5 AUTH2 ? ?'],
      [['CONFIG', 'SET', 'RequirePass', 'pw', 'port', '1'], 'CONFIG SET RequirePass ? port 1'],
      [['CONFIG', Buffer.from('SET'), Buffer.from('masterauth'), 'pw'], 'CONFIG ? ? ?'],
      [['EVAL', 'return 1', '1', 'k'], 'EVAL ? 1 k'],
      [['SCRIPT', 'LOAD', 'return 1'], 'SCRIPT LOAD ?'],
    ] as const) {
      assert.equal(shown(...given), expected)
    }
  })

  it('cut long statements', () => {
    assert.equal(String(shown('ECHO', 'x'.repeat(10_000))).length, 500)
    assert.equal(String(shown('MSET', ...Array.from({ length: 1000 }, () => 'xy'))).length <= 500, true)
  })

  it('tell the size of a batch, and its command if there is but one kind', () => {
    const tags = (...names: string[]): unknown[] => {
      const tags = tagsOf(describeBatch('PIPELINE', names, undefined))
      return [tags['db.operation'], tags['db.batch_size']]
    }
    assert.deepEqual(tags('GET', 'GET'), ['PIPELINE GET', 2])
    assert.deepEqual(tags('GET', 'SET'), ['PIPELINE', 2])
    assert.deepEqual(tags('GET'), ['PIPELINE GET', undefined])
    assert.deepEqual(tags(), ['PIPELINE', 0])
  })

  it('find the code of a reply, and none in other errors', () => {
    const codes = ['WRONGTYPE Operation', 'EXECABORT', 'The queue is full', 'Connection is closed.', ''].map(
      (message) => errorCode(new Error(message)),
    )
    assert.deepEqual(codes, ['WRONGTYPE', 'EXECABORT', undefined, undefined, undefined])
    assert.equal(errorCode('WRONGTYPE'), undefined)
  })

  it('tell an error of the server, and leave out what it quotes and what a script says', () => {
    const told = (message: string, command: string): unknown => toldOf(new Error(message), command)
    assert.equal(told('WRONGTYPE Operation against a key', 'GET'), 'WRONGTYPE Operation against a key')
    assert.equal(told("ERR unknown command 'X', with args beginning with: 'a' ", 'X'), 'ERR unknown command ?')
    assert.equal(
      told("ERR Error in ACL SETUSER modifier '>a'b': Syntax", 'ACL'),
      'ERR Error in ACL SETUSER modifier ?: Syntax',
    )
    assert.equal(told('MY words\nand more', 'EVALSHA'), 'MY')
    assert.equal(told('MY words', 'PIPELINE'), 'MY')
    class ReplyError extends Error {}
    assert.equal(toldOf(new ReplyError('words'), 'EVAL'), 'the script failed')
  })

  it('leave other errors to themselves', () => {
    assert.equal(toldOf(new Error('The client is closed'), 'GET'), undefined)
    assert.equal(toldOf('text', 'GET'), undefined)
  })
})
