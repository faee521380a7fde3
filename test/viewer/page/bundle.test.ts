import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root } from '../../support/run.js'

const folder = join(root, 'dist', 'viewer', 'page')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  statSync(join(folder, name)).isFile(),
)
const texts = files.filter((name) => ['.html', '.js', '.css', '.svg'].includes(extname(name)))
const MOST = 250 * 1000

describe('the built page', () => {
  it('is at most 250 kB, gzipped', () => {
    const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
    assert.ok(bytes <= MOST, `${bytes} bytes`)
  })

  it('has no script or style in its HTML, which a strict policy would refuse', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|javascript:/i)
  })

  it('names no other host', () => {
    for (const name of texts) {
      const hosts = readFileSync(join(folder, name), 'utf8').match(/\b(?:https?|wss?):\/\/[\w.-]+/g) ?? []
      // The names of vocabularies are no addresses.
      assert.deepEqual(
        hosts.filter((host) => !host.endsWith('://www.w3.org')),
        [],
        name,
      )
    }
  })

  it('is found wherever it is served: every address in it is relative', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    for (const [, address] of html.matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(address ?? '', /^\.\//)
  })
})
