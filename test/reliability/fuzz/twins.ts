/**
 * One program twice, with the preload and without it, in processes of their own.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { preload } from '../../support/run.js'

export interface Twin {
  readonly process: ChildProcess
  readonly port: number
  readonly stderr: string[]
}

/** @param file of this folder; it sends the port on which it listens */
export async function start(file: string, env: Readonly<Record<string, string>>, isTraced: boolean): Promise<Twin> {
  const child = fork(join(__dirname, file), {
    execArgv: isTraced ? ['-r', preload] : [],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const stderr: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
  const [port] = (await once(child, 'message')) as [number]
  return { process: child, port, stderr }
}

export async function stop({ process }: Twin): Promise<void> {
  if (process.exitCode === null && process.signalCode === null) {
    process.disconnect()
    await once(process, 'exit')
  }
}

/** Sends bytes on a connection of their own, and reads until the program closes it. */
export function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'))
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk))
    socket.on('error', reject).on('close', () => resolve(answer))
  })
}
