/**
 * Runs the doctor on applications. Importing it has a collector listen while the file's tests run.
 */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { pretrace } from './cli.js'
import { Collector } from './collector.js'
import { root } from './run.js'

/** Serves one request, its own, and ends. */
export const SELF = `
  const http = require('http')
  const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1', () => {
    http.get({ port: server.address().port, agent: false }, (res) => res.resume().on('end', () => server.close()))
  })`
/** The same, asked over a bare socket with whatever headers. */
export const asked = (...headers: readonly string[]): string => `
  const server = require('http').createServer((req, res) => res.end()).listen(0, '127.0.0.1', () => {
    const socket = require('net').connect(server.address().port, '127.0.0.1')
    const head = ${JSON.stringify(['GET / HTTP/1.1', 'Host: test', 'Connection: close', ...headers, '', ''].join('\r\n'))}
    socket.end(head).resume().on('close', () => server.close())
  })`
export const SERVER = `
  const server = require('http').createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1')`
export const EXPRESS = `
  const app = require('express')()
  app.get('/hello', (req, res) => res.send('hello'))
  const server = app.listen(0, '127.0.0.1', () => {
    require('http').get({ port: server.address().port, path: '/hello', agent: false }, (res) =>
      res.resume().on('end', () => server.close()))
  })`

export interface Diagnosis {
  readonly code: number | null
  readonly healthy: boolean
  /** The codes of problems, in their order. */
  readonly problems: readonly string[]
  readonly notes: readonly string[]
  readonly text: string
  readonly json: {
    readonly findings: readonly { code: string; level: string; title: string; advice: readonly string[] }[]
    readonly processes: readonly {
      traced?: { libraries: readonly { module: string; version?: string; outcome: string }[] }
    }[]
    readonly variables: readonly { name: string; source: string }[]
  }
}

let collector: Collector

/** Runs `pretrace doctor`, with a collector that answers unless `env` says otherwise. */
export async function diagnose(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Promise<Diagnosis> {
  const ran = await pretrace(['doctor', '--json', ...args], {
    cwd,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000', ...env },
  })
  let json: Diagnosis['json'] & { healthy: boolean }
  try {
    json = JSON.parse(ran.stdout) as typeof json
  } catch {
    throw new Error(`no JSON: ${ran.stdout}${ran.stderr}`)
  }
  const codes = (level: string): string[] =>
    json.findings.filter((finding) => finding.level === level).map(({ code }) => code)
  return {
    code: ran.code,
    healthy: json.healthy,
    problems: codes('problem'),
    notes: codes('note'),
    text: json.findings.map(({ title, advice }) => [title, ...advice].join('\n')).join('\n'),
    json,
  }
}

/** Says what is wrong in one set-up: this, and nothing else. */
export async function finds(problem: string, said: RegExp, ...set: Parameters<typeof diagnose>): Promise<Diagnosis> {
  const diagnosis = await diagnose(...set)
  assert.deepEqual(diagnosis.problems, [problem], diagnosis.text)
  assert.match(diagnosis.text, said)
  assert.equal(diagnosis.code, 1)
  return diagnosis
}

/** The collector's address. */
export function collectorUrl(): string {
  return collector.url
}

before(async () => (collector = await Collector.start()))
after(() => collector.stop())
