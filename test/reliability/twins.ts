/**
 * The service twice, with the preload and without, asked the same at the same time: what one has and the other has not is
 * the tracer's doing.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { libraries, preload } from '../support/run.js'
import type { Question, Report } from './service.js'

const SERVICE = join(__dirname, 'service.js')
const BODY = 'done'

/** How requests fared. */
export class Fares {
  served = 0
  failed = 0
  /** Of what is asked while this is true, the latencies are kept. */
  isWatched = false
  private readonly latencies: number[] = []

  over(latency: number): void {
    this.served++
    if (this.isWatched) this.latencies.push(latency)
  }

  /** The latency, in ms, that a share of the requests does not exceed. */
  at(share: number): number {
    const sorted = [...this.latencies].sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  }
}

/** A line that the service wrote to stderr. */
export interface Line {
  readonly at: number
  readonly text: string
}

export class Service {
  readonly lines: Line[] = []
  readonly fares = new Fares()
  private readonly child: ChildProcess
  private readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.child = child
    this.port = port
    let rest = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const whole = (rest + text).split('\n')
      rest = whole.pop() ?? ''
      this.lines.push(...whole.map((line) => ({ at: performance.now(), text: line })))
    })
  }

  /**
   * @param env what configures tracing; undefined for the service without the preload
   * @param prefix a command that runs the command behind it
   */
  static async start(
    env: Readonly<Record<string, string>> | undefined,
    prefix: readonly string[] = [],
  ): Promise<Service> {
    const node = [process.execPath, '--expose-gc', ...(env === undefined ? [] : ['-r', preload]), SERVICE]
    const [command, ...args] = [...prefix, ...node]
    const child = spawn(command as string, args, {
      cwd: libraries('current'),
      env: { PATH: process.env['PATH'], OTEL_SERVICE_NAME: 'service', ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const [port] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [number]
    return new Service(child, port)
  }

  async ask(question: Exclude<Question, 'end'>): Promise<Report> {
    this.child.send(question)
    const [report] = (await once(this.child, 'message')) as [Report]
    return report
  }

  /** Lets the service end by itself. Its exit code, or the signal that it died of. */
  async end(): Promise<unknown> {
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      return this.child.exitCode ?? this.child.signalCode
    this.child.send('end')
    const [code, signal] = (await once(this.child, 'exit')) as [number | null, string | null]
    return code ?? signal
  }

  connect(): Promise<Caller> {
    return Caller.connect(this.port, this.fares)
  }
}

/** One kept connection to a service, on which one thing is asked after the other. */
class Caller {
  private readonly socket: Socket
  private readonly fares: Fares
  private answered: ((isGood: boolean) => void) | undefined
  private text = ''

  private constructor(socket: Socket, fares: Fares) {
    this.socket = socket
    this.fares = fares
    socket.setEncoding('latin1').setNoDelay(true)
    socket.on('data', (chunk: string) => {
      if (this.answered === undefined) return
      this.text += chunk
      if (this.text.endsWith(BODY)) this.over(this.text.startsWith('HTTP/1.1 200'))
    })
    socket.on('error', () => this.over(false))
    socket.on('close', () => this.over(false))
  }

  static async connect(port: number, fares: Fares): Promise<Caller> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Caller(socket, fares)
  }

  async ask(path: string): Promise<void> {
    const start = performance.now()
    const isGood = await new Promise<boolean>((resolve) => {
      this.answered = resolve
      this.text = ''
      this.socket.write(`GET ${path} HTTP/1.1\r\nHost: service.test\r\n\r\n`)
    })
    if (isGood) this.fares.over(performance.now() - start)
    else this.fares.failed++
  }

  /** Asks the same so many times in one go. Their order is that of the answers, of which only the number is looked at. */
  async askTogether(path: string, times: number): Promise<void> {
    let left = times
    let rest = ''
    await new Promise<void>((resolve, reject) => {
      const count = (chunk: string): void => {
        const parts = (rest + chunk).split(`\r\n\r\n${BODY}`)
        rest = parts.pop() ?? ''
        left -= parts.length
        this.fares.served += parts.filter((head) => head.startsWith('HTTP/1.1 200')).length
        if (left > 0) return
        this.socket.off('data', count).off('close', reject)
        resolve()
      }
      if (this.socket.destroyed) return reject(new Error('the connection has been closed'))
      this.socket.on('data', count).on('close', reject)
      this.socket.write(`GET ${path} HTTP/1.1\r\nHost: service.test\r\n\r\n`.repeat(times))
    })
  }

  close(): void {
    this.answered = undefined
    this.socket.destroy()
  }

  private over(isGood: boolean): void {
    this.answered?.(isGood)
    this.answered = undefined
  }
}

export interface Load {
  /** Who ask side by side. */
  readonly callers: number
  /** How long each rests between two questions, ms. */
  readonly pause: number
  readonly path: string
}

/**
 * Asks all services the same, by turns, until `over` resolves.
 *
 * @returns when every question has its answer
 */
export async function load(
  services: readonly Service[],
  { callers, pause, path }: Load,
  over: Promise<void>,
): Promise<void> {
  const end = new AbortController()
  void over.then(() => end.abort())
  const work = async (index: number): Promise<void> => {
    const connections = await Promise.all(services.map((service) => service.connect()))
    for (let turn = index; !end.signal.aborted; turn++) {
      // Who goes first gets the warmer machine.
      for (let i = 0; i < connections.length; i++) await connections[(turn + i) % connections.length]?.ask(path)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    for (const connection of connections) connection.close()
  }
  await Promise.all(Array.from({ length: callers }, (_, index) => work(index)))
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
