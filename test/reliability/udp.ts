/**
 * A Jaeger agent behind UDP that goes away and comes back.
 */
import { UdpBackend } from '../support/backend.js'
import { decodeCall } from '../support/thrift.js'
import type { Trouble } from './troubles.js'

export async function nobodyAtThePort(): Promise<Trouble> {
  let agent = await UdpBackend.start()
  const { port } = agent
  const earlier: Buffer[] = []
  const leave = async (): Promise<void> => {
    // When a datagram has just been read, and the next is not due: what a socket holds when it closes is gone unseen.
    await agent.got(agent.received.length + 1)
    earlier.push(...agent.received)
    await agent.stop()
  }
  return {
    env: { OTEL_TRACES_EXPORTER: 'jaeger', JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(port) },
    begin: leave,
    async end() {
      agent = await UdpBackend.start(port)
    },
    taken() {
      return [...earlier, ...agent.received].flatMap((datagram) =>
        decodeCall(datagram, 'compact').spans.map(({ spanId }) => spanId),
      )
    },
    stop: () => agent.stop(),
  }
}
