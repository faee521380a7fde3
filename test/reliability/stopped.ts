/**
 * A collector whose host accepts no connections any more, nor refuses them: in front of it is a process that is stopped,
 * with a backlog that is full.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { MoodyCollector } from './collector.js'
import type { Trouble } from './troubles.js'

/** Passes on to `to` what comes to `port`, any if that is 0. */
const PROXY = `(to, port) => {
  const { connect, createServer } = require('node:net')
  const server = createServer((socket) => {
    const onward = connect(to, '127.0.0.1')
    for (const end of [socket, onward]) end.on('error', () => { socket.destroy(); onward.destroy() })
    socket.pipe(onward).pipe(socket)
  })
  server.listen({ port, host: '127.0.0.1', backlog: 1 }, () => process.send(server.address().port))
}`

export async function stopped(): Promise<Trouble> {
  const collector = await MoodyCollector.start()
  let [proxy, port] = await proxyTo(collector.address, 0)
  const crowd: Socket[] = []
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    begin() {
      proxy.kill('SIGSTOP')
      for (let i = 0; i < 8; i++) crowd.push(connect(port, '127.0.0.1').on('error', () => undefined))
    },
    /** Another process takes its place: what the stopped one has in its hands was given up by its sender long ago. */
    async end() {
      proxy.kill('SIGKILL')
      await once(proxy, 'exit')
      for (const socket of crowd) socket.destroy()
      ;[proxy, port] = await proxyTo(collector.address, port)
    },
    taken: () => collector.taken,
    unheard: () => collector.unheard,
    async stop() {
      proxy.kill('SIGKILL')
      await collector.close()
    },
  }
}

/** @returns the process and its port */
export async function proxyTo(to: number, port: number): Promise<[ChildProcess, number]> {
  const child = spawn(process.execPath, ['-e', `(${PROXY})(${to}, ${port})`], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [actual] = (await once(child, 'message')) as [number]
  return [child, actual]
}
