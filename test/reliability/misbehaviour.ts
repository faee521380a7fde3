/**
 * How a collector answers when it is not itself.
 */
import type { Behaviour } from './collector.js'

const MEGABYTE = Buffer.alloc(1 << 20, '.')

/** Whatever it is asked. The message is read first. */
export function answers(status: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return ({ req, res }) => {
    req.resume().on('end', () => res.writeHead(status, headers).end('not today'))
  }
}

/** Refuses a message by its head, and closes the connection on which the rest is still coming. */
export const refusesUnread: Behaviour = ({ res }) => {
  res.writeHead(413, { connection: 'close' }).end('too large')
}

export const hangs: Behaviour = ({ req }) => {
  req.resume()
}

export const hangsAfterTheHead: Behaviour = ({ req, res }) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'content-length': '100' })
    res.flushHeaders()
  })
}

/** A byte now and then, and never the last one. */
export const drips: Behaviour = ({ req, res }) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'content-length': '100000' })
    const timer = setInterval(() => res.write('.'), 20)
    res.on('close', () => clearInterval(timer))
  })
}

export const resetsWhileReading: Behaviour = ({ req }) => {
  req.once('data', () => req.socket.resetAndDestroy())
}

export const resetsWhileAnswering: Behaviour = ({ req, res }) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'content-length': '100' })
    res.write('the first half', () => req.socket.resetAndDestroy())
  })
}

/** Takes the spans, and has much to say about it. */
export const isEloquent: Behaviour = ({ take }) => {
  take((res) => {
    let left = 100
    const more = (): void => {
      while (left-- > 0) if (!res.write(MEGABYTE)) return void res.once('drain', more)
      res.end()
    }
    res.on('error', () => undefined)
    more()
  })
}

/**
 * Closes kept connections, some when the next message comes, some a moment after it has answered.
 *
 * @param random from 0 to 1
 */
export function closesAtRandom(random: () => number): Behaviour {
  const known = new WeakSet<object>()
  return ({ req, take }) => {
    const { socket } = req
    const chance = random()
    if (known.has(socket) && chance < 0.4) return void socket.destroy()
    known.add(socket)
    // Not announced: the other side takes the connection for one that can be used again.
    if (chance > 0.6) take((res) => res.end(() => setTimeout(() => socket.end(), 100 * random())))
    else take()
  }
}
