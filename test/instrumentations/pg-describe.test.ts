import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeFailure, describeQuery, redactMessage } from '../../instrumentations/pg-describe.js'
import { tagsOf } from '../support/tracing.js'

const client = { host: 'db.example', port: 5432, database: 'shop', user: 'ann' }

describe('the description of a query', () => {
  it('names a socket by its directory, without a port', () => {
    const tags = tagsOf(describeQuery({ ...client, host: '/var/run/postgresql' }, 'SELECT 1', 'sanitised'))
    assert.equal(tags['peer.hostname'], '/var/run/postgresql')
    assert.equal(tags['peer.port'], undefined)
  })

  it('is named after the database, or the product, where the text tells nothing', () => {
    assert.equal(describeQuery(client, 'hello', 'sanitised').name, 'shop')
    assert.equal(describeQuery({}, {}, 'sanitised').name, 'postgresql')
  })

  it("finds the text of a stream in its cursor, and of a prepared statement in the connection's memory", () => {
    assert.equal(describeQuery(client, { cursor: { text: 'SELECT a FROM t' } }, 'sanitised').name, 'SELECT t')
    const connection = { parsedStatements: { byName: 'SELECT a FROM u' } }
    assert.equal(describeQuery({ ...client, connection }, { name: 'byName' }, 'sanitised').name, 'SELECT u')
  })
})

describe('the description of a failure', () => {
  it('has the code of PostgreSQL, not that of a socket', () => {
    assert.equal(tagsOf(describeFailure({ code: '23505', severity: 'ERROR' }))['db.error_code'], '23505')
    assert.equal(tagsOf(describeFailure({ code: 'EPIPE' }))['db.error_code'], undefined)
    assert.equal(tagsOf(describeFailure(undefined))['db.error_code'], undefined)
  })
})

describe("an error's message", () => {
  const cases: readonly (readonly [what: string, message: string, expected: string, query?: object, error?: object])[] =
    [
      ['keeps what has no quotes', 'division by zero', 'division by zero'],
      ['keeps names of the statement', 'column "A" of relation "t" does not exist', 'column "A" of relation "t" does not exist', { text: 'UPDATE t SET a = 1' }], // prettier-ignore
      ['keeps names of the error', 'violates unique constraint "t_key"', 'violates unique constraint "t_key"', {}, { constraint: 't_key' }], // prettier-ignore
      [
        'loses a value',
        'invalid input syntax for type integer: "secret"',
        'invalid input syntax for type integer: "?"',
      ],
      ['loses a value with quotes in it', 'invalid input: "a"secret"b"', 'invalid input: "?"', { text: 'SELECT a, b' }],
      ['loses a value that never ends', 'syntax error at or near "\'secret', 'syntax error at or near "?"'],
      ['loses one of several', 'value "secret" of "t" is bad', 'value "?" is bad', { text: 'SELECT t' }],
      ['loses literals that are not quoted', 'too little: secret, 471', 'too little: ?, ?', { text: "SELECT f('secret', 471)" }], // prettier-ignore
      ['loses escaped literals', "no it's $here", 'no ? ?', { text: "SELECT f('it''s', $x$$here$x$)" }],
      [
        'loses parameters',
        'unknown user secret',
        'unknown user ?',
        { text: 'SELECT f($1)', values: ['secret', 1, null] },
      ],
      [
        'loses parameters of streams',
        'unknown secret',
        'unknown ?',
        { cursor: { text: 'SELECT', values: ['secret'] } },
      ],
    ]
  for (const [what, message, expected, query = {}, error = {}] of cases) {
    it(what, () => assert.equal(redactMessage(message, error, query), expected))
  }
})
