/**
 * `pretrace viewer`: the viewer on its own.
 */
import type { Command, Input } from './command.js'
import { startAnywhere } from './host.js'
import { integerOf, portOf } from './numbers.js'

/** Where OTLP and Zipkin are sent to by default. */
const USUAL_PORTS = [4318, 9411]

export const viewer: Command = {
  name: 'viewer',
  summary: 'show traces: of services that send them here, and of files',
  usage: '[options] [files…]',
  about: [
    'Takes OTLP (protobuf and JSON) and Zipkin’s JSON from any service, on its own port and on the usual ones, 4318 and',
    '9411, as far as they are free. Opens files of OTLP JSON or lines of it, Jaeger JSON and Zipkin JSON.',
  ],
  options: {
    port: { type: 'string', short: 'p', value: 'port', help: 'its own port; 4319 unless told, 0 for any that is free' },
    host: { type: 'string', value: 'host', help: 'the address to listen on; 127.0.0.1 unless told' },
    file: { type: 'string', value: 'file', help: 'keep the traces in this file, and show those that it holds' },
    only: { type: 'boolean', help: 'leave the usual ports alone' },
    memory: { type: 'string', value: 'MiB', help: 'the most that traces may take of memory' },
    'allow-origin': {
      type: 'string',
      multiple: true,
      value: 'origin',
      help: 'a web page’s origin that may post and read, such as http://localhost:3000',
    },
  },
  run: show,
}

async function show({ values, rest }: Input): Promise<number> {
  const viewer = await startAnywhere({
    port: portOf(values['port'] as string | undefined),
    host: values['host'] as string | undefined,
    file: values['file'] as string | undefined,
    alsoListen: values['only'] === true ? [] : USUAL_PORTS,
    maxBytes: bytesOf(values['memory'] as string | undefined),
    allowedOrigins: values['allow-origin'] as readonly string[] | undefined,
    open: rest,
  })
  process.stdout.write(`pretrace: traces at ${viewer.url}\n`)
  const others = viewer.ports.slice(1)
  if (others.length > 0) process.stdout.write(`pretrace: taking spans on ${others.join(' and ')} too; Ctrl-C ends it\n`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  await viewer.close()
  return 0
}

const MIB = 1024 * 1024

function bytesOf(mebibytes: string | undefined): number | undefined {
  const number = integerOf('memory', mebibytes, 1_000_000)
  return number === undefined ? undefined : number * MIB
}
