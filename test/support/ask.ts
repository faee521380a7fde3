/**
 * A client for applications under test, over a bare socket: no library that could be instrumented itself. Applications
 * `require` it by {@link askPath}.
 */
import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo } from 'node:net'

export const askPath = __filename

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Asks one thing, such as `GET /users/1`, and reads to the end. `body` is sent as JSON. */
export function ask(port: number, request: string, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = ''
    const head = ['Host: test', 'Connection: close', 'Content-Type: application/json', `Content-Length: ${body.length}`]
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${request} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`)
    })
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('error', reject).on('close', () => {
      resolve({ status: Number(text.slice(9, 12)), body: text.slice(text.indexOf('\r\n\r\n') + 4) })
    })
  })
}

/** Serves `app` while `questions` are asked. */
export async function serving<Result>(
  app: RequestListener,
  questions: (port: number) => Promise<Result>,
): Promise<Result> {
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await questions((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

/** Serves `app`, asks one thing after the other, and prints the status codes as JSON. */
export async function askAll(app: RequestListener, requests: readonly string[]): Promise<void> {
  const statuses = await serving(app, async (port) => {
    const answers: number[] = []
    for (const request of requests) answers.push((await ask(port, request)).status)
    return answers
  })
  console.log(JSON.stringify(statuses))
}
