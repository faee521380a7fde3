import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assert as assertProperty, property, string } from 'fast-check'
import { namesSecret } from '../src/secret-names.js'
import { redactStack, redactText } from '../src/redact-text.js'

describe('redactText', () => {
  it('leaves what errors usually say', () => {
    for (const text of [
      'connect ECONNREFUSED 127.0.0.1:5432',
      "Cannot read properties of undefined (reading 'token')",
      'Unexpected token } in JSON at position 3',
      'duplicate key value violates unique constraint "users_key"',
      'password authentication failed for user "joe"',
      'Request failed with status code 404',
      'Error code: ENOENT, key: name',
      'Basic validation failed',
      'GET https://host:80/path?a=1 failed',
      'a token was refused',
      '',
    ]) {
      assert.equal(redactText(text), text)
    }
  })

  it('hides what is called a secret, however it is quoted and wherever it stands', () => {
    assert.equal(redactText('password=a, user=b'), 'password=REDACTED, user=b')
    assert.equal(redactText('Error: at https://h/?a=1&token=x&b=2'), 'Error: at https://h/?a=1&token=REDACTED&b=2')
    assert.equal(redactText('{"secret": "a\\"b", "c": 1}'), '{"secret": "REDACTED", "c": 1}')
    assert.equal(redactText("user[passwd] => 'x'"), "user[passwd] => 'REDACTED'")
    assert.equal(redactText('{"auth":{"token":"x"}}'), '{"auth":{"token":"REDACTED"}}')
    assert.equal(redactText('Cookie: a=1; b=2\nnext line'), 'Cookie: REDACTED\nnext line')
  })

  it('hides what looks like a secret', () => {
    assert.equal(redactText('at postgres://me:a/b@c@host/db'), 'at postgres://REDACTED@host/db')
    assert.equal(redactText('got Bearer abcdefgh'), 'got Bearer REDACTED')
    assert.equal(redactText('got eyJhbGciOi.abc.def'), 'got REDACTED')
    assert.equal(redactText('-----BEGIN PRIVATE KEY-----\nabc'), 'REDACTED')
    assert.equal(redactText(`Unexpected token 'x', "xyz" is not valid JSON`).includes('xyz'), false)
  })

  it("leaves a stack's frames as they are", () => {
    const frames = '\n    at run (file:///app/node_modules/@scope/password=x.js:1:2)'
    assert.equal(redactStack(`Error: password=x${frames}`, 'password=x'), `Error: password=REDACTED${frames}`)
    assert.equal(redactStack(`Error: old token=x${frames}`, 'new'), `Error: old token=REDACTED${frames}`)
    assert.equal(
      redactStack(`Error: a\n at token=x${frames}`, 'a\n at token=x'),
      `Error: a\n at token=REDACTED${frames}`,
    )
  })

  it('takes time in proportion to a text, and throws at none', () => {
    for (const part of [
      'a=',
      'a://',
      '"',
      'password ',
      'eyJabcdef',
      'token="\\',
      'cookie=',
      'Unexpected end, "',
      '-',
    ]) {
      redactText(part.repeat(16_000))
    }
    assertProperty(
      property(string({ unit: 'binary' }), (text) => {
        redactText(text)
        redactStack(text, text.slice(1))
        assert.doesNotMatch(redactText(`${text} password="hunter2`), /hunter2/)
      }),
    )
  })
})

describe('a name of something secret', () => {
  it('is told by its words', () => {
    const secret = ['token', 'accessToken', 'ACCESS-TOKEN', 'user[password]', 'PGPASSWORD', 'x-api-key', 'code', 'pwd']
    const plain = ['tokens', 'author', 'keyboard', 'codec', 'passage', 'page', 'monkey', 'status', 'expires', 'compass']
    assert.deepEqual(secret.filter(namesSecret), secret)
    assert.deepEqual(plain.filter(namesSecret), [])
  })
})
