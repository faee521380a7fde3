/**
 * Programs that are fetched, built, started and stopped.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from './backend.js'

const START_PATIENCE = 300_000
const STOP_PATIENCE = 5000
const LAST_WORDS = 2000

/** @throws Unavailable if a program is not on the PATH */
export function needs(...programs: readonly string[]): void {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const isThere = (name: string): boolean =>
    folders.some((folder) => suffixes.some((suffix) => existsSync(join(folder, name + suffix))))
  const missing = programs.filter((name) => !isThere(name))
  if (missing.length > 0) throw new Unavailable(`there is no ${missing.join(' and no ')} on this machine`)
}

/**
 * Runs a program to its end, at low priority where that can be had.
 *
 * @returns what it printed
 * @throws Unavailable if it fails: with its last words
 */
export async function fetched(command: string, args: readonly string[], cwd: string): Promise<string> {
  const isPolite = process.platform !== 'win32'
  const child = isPolite
    ? spawn('nice', [command, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: true })
  let printed = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === 0) return printed
  throw new Unavailable(`${command} ${args[0]} has failed: ${(said + printed).trim().slice(-LAST_WORDS)}`)
}

/** A server in a process of its own. */
export class Program {
  private readonly child: ChildProcess
  private readonly name: string
  private printed = ''

  private constructor(name: string, child: ChildProcess) {
    this.name = name
    this.child = child
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.printed = (this.printed + chunk.toString()).slice(-20_000)))
  }

  /** @param healthUrl answers when it is ready; a status of 500 and more is no answer */
  static async start(
    command: string,
    args: readonly string[],
    healthUrl: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Program> {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const program = new Program(command, child)
    child.on('error', (error) => (program.printed += error.message))
    const giveUp = Date.now() + START_PATIENCE
    while (!(await answers(healthUrl))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > giveUp) {
        await program.stop()
        throw new Error(`${command} did not start: ${program.output()}`)
      }
      await sleep(100)
    }
    return program
  }

  output(): string {
    return this.printed.trim().slice(-LAST_WORDS)
  }

  async stop(): Promise<void> {
    const { child } = this
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const ended = once(child, 'exit')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE)
    child.kill('SIGTERM')
    await ended
    clearTimeout(timer)
  }

  toString(): string {
    return this.name
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).status < 500
  } catch {
    return false
  }
}

/** JSON from a query API; undefined where it answers 404. */
export async function ask<Answer>(url: string): Promise<Answer | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (response.status === 404) {
    await response.body?.cancel()
    return undefined
  }
  if (!response.ok) throw new Error(`${url} answers ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

/** Ports that nobody listens on at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
