'use strict'

// The client, in a process of its own: closed-loop (as many requests as `count`, `concurrency` at a time) or open-loop
// (`rate` a second for `seconds`, timed from when each was due). Its own HTTP over keep-alive sockets, so that it leaves
// the core that servers and sinks share to them.

const net = require('node:net')

/** Less than eight requests take. */
const NAP_MS = 0.05
const NOBODY = new Int32Array(new SharedArrayBuffer(4))

/** One keep-alive connection, one request at a time. */
class Connection {
  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1').setNoDelay(true)
    this.text = ''
    this.socket.setEncoding('latin1')
    this.socket.on('data', (chunk) => this.read(chunk))
    this.socket.on('error', (error) => this.done?.(error))
    this.socket.on('close', () => this.done?.(new Error('the service closed the connection')))
  }

  ask(path, headers, done) {
    this.done = done
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n${headers}\r\n`)
  }

  read(chunk) {
    this.text += chunk
    const end = this.text.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = Number(/content-length: (\d+)/i.exec(this.text)?.[1])
    if (this.text.length < end + 4 + length) return
    const error = this.text.startsWith('HTTP/1.1 200') ? undefined : new Error(this.text.slice(0, 500))
    this.text = ''
    const { done } = this
    this.done = undefined
    done(error)
  }

  close() {
    this.done = undefined
    this.socket.destroy()
  }
}

/** @param headers more lines of the head, each with its end */
function closedLoop({ port, path, count, concurrency, headers = '' }) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    let sent = 0
    let answered = 0
    let isOver = false
    let seen = 0
    const stayAwake = () => {
      if (isOver) return
      if (answered === seen) nap()
      seen = answered
      setImmediate(stayAwake)
    }
    const connections = Array.from({ length: Math.min(concurrency, count) }, () => new Connection(port))
    const next = (connection) => {
      if (sent < count) connection.ask(`${path}/${sent++}`, headers, (error) => settled(connection, error))
    }
    const settled = (connection, error) => {
      if (!error && ++answered < count) return next(connection)
      isOver = true
      connections.forEach((each) => each.close())
      if (error) return reject(error)
      resolve({ seconds: (performance.now() - started) / 1000 })
    }
    connections.forEach(next)
    stayAwake()
  })
}

/**
 * To wake a client that waits for its sockets costs the service that writes to them some microseconds, and one that is slow
 * finds its client waiting more often than one that is fast: that is nobody's tracing. One that never rests would keep the
 * databases from their core. So it looks by itself, and rests in between where nobody can wake it.
 */
function nap() {
  Atomics.wait(NOBODY, 0, 0, NAP_MS)
}

function openLoop({ port, path, rate, seconds }) {
  return new Promise((resolve, reject) => {
    const latencies = []
    const idle = []
    const all = new Set()
    const total = rate * seconds
    const started = performance.now()
    let sent = 0
    const send = (due) => {
      // The one that has waited longest: none is left alone until the service closes it.
      const connection = idle.shift() ?? new Connection(port)
      all.add(connection)
      connection.ask(`${path}/${sent}`, '', (error) => {
        if (error) return finish(error)
        latencies.push(performance.now() - due)
        idle.push(connection)
        if (latencies.length === total) finish()
      })
    }
    const finish = (error) => {
      clearInterval(timer)
      all.forEach((connection) => connection.close())
      if (error) return reject(error)
      latencies.sort((a, b) => a - b)
      resolve({ p50: latencies[Math.floor(total * 0.5)], p99: latencies[Math.floor(total * 0.99)] })
    }
    const timer = setInterval(() => {
      for (; sent < total && started + (sent * 1000) / rate <= performance.now(); sent++) {
        send(started + (sent * 1000) / rate)
      }
    }, 1)
  })
}

process.on('message', ({ id, ...work }) => {
  const run = work.rate === undefined ? closedLoop(work) : openLoop(work)
  run.then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: error.message }),
  )
})

// Whoever asked is gone, perhaps by a signal: nobody else would end this one, which never sleeps.
process.on('disconnect', () => process.exit())
