import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assert as assertProperty, property, string, webUrl } from 'fast-check'
import { redactUrl } from '../src/redact.js'

describe('redactUrl', () => {
  it('leaves what is no secret byte for byte', () => {
    for (const url of [
      '/path?a=1&b=%zz&c&=&d==;e',
      'http://host:80/p/a@b?x=@y',
      'https://[::1]:1/?',
      'HTTP://HOST',
      'not a url',
      '',
      '*',
      '/?Sig=1&SIGNATURES=2&tokens=3',
    ]) {
      assert.equal(redactUrl(url), url)
    }
  })

  it('hides user and password, whatever they contain', () => {
    assert.equal(redactUrl('https://user:pw@host/p'), 'https://REDACTED:REDACTED@host/p')
    assert.equal(redactUrl('https://token@host'), 'https://REDACTED@host')
    assert.equal(redactUrl('https://u:p@w@host:1/?a@b'), 'https://REDACTED:REDACTED@host:1/?a@b')
    assert.equal(redactUrl('redis+tls://:pw@host'), 'redis+tls://REDACTED:REDACTED@host')
    const long = `https://u:${'s'.repeat(5000)}@host/`
    assert.equal(redactUrl(long), 'https://REDACTED:REDACTED@host/')
    assert.equal(redactUrl('http://host#u:p@x'), 'http://host')
  })

  it('hides the values of secret parameters, however their names are written', () => {
    assert.equal(redactUrl('/?color=blue&sig=abc'), '/?color=blue&sig=REDACTED')
    assert.equal(redactUrl('/?Access_Token=abc&x'), '/?Access_Token=REDACTED&x')
    assert.equal(redactUrl('/?%74oken=abc'), '/?%74oken=REDACTED')
    assert.equal(redactUrl('/?password=a=b?c&next=1'), '/?password=REDACTED&next=1')
    assert.equal(redactUrl('/?X-Amz-Signature=a&X-Amz-Date=b'), '/?X-Amz-Signature=REDACTED&X-Amz-Date=b')
  })

  it('hides further parameters by name', () => {
    assert.equal(redactUrl('/?PIN=1&pint=2', ['pin']), '/?PIN=REDACTED&pint=2')
  })

  it('hides what is in URLs within URLs, what `;` separates, and tokens that tell what they are', () => {
    assert.equal(redactUrl('/?a=1;token=x;b=2'), '/?a=1;token=REDACTED;b=2')
    assert.equal(redactUrl('/?next=https%3A%2F%2Fu%3Ap%40host&b=2'), '/?next=REDACTED&b=2')
    assert.equal(redactUrl('/?next=%2Flogin%3Ftoken%3Dx'), '/?next=REDACTED')
    assert.equal(redactUrl('/?next=%2Flogin%3Fa%3Dx&mail=a%40b'), '/?next=%2Flogin%3Fa%3Dx&mail=a%40b')
    assert.equal(redactUrl('/cart;jsessionid=1;v=2/x?a'), '/cart;jsessionid=REDACTED;v=2/x?a')
    assert.equal(redactUrl('/verify/eyJhbGciOi.abc.def/now'), '/verify/REDACTED/now')
    assert.equal(redactUrl('/?x=eyJhbGciOi.abc.def'), '/?x=REDACTED')
  })

  it('drops the fragment', () => {
    assert.equal(redactUrl('http://host/p?a=1#access_token=x'), 'http://host/p?a=1')
  })

  it('cuts what is very long', () => {
    assert.equal(redactUrl(`/?q=${'x'.repeat(9000)}`).length, 2048)
    assert.equal(redactUrl(`/?token=${'x'.repeat(9000)}`), '/?token=REDACTED')
  })

  it('never throws and never lets a secret through', () => {
    assertProperty(
      property(string(), webUrl({ withQueryParameters: true }), (junk, url) => {
        redactUrl(junk)
        redactUrl(`http://${junk}`)
        const { host } = new URL(url)
        const secretive = url.replace(host, `me:hidden@${host}`)
        const text = redactUrl(`${secretive}${url.includes('?') ? '&' : '?'}token=hidden`)
        assert.doesNotMatch(text, /=hidden|:hidden/)
      }),
    )
  })
})
