// How long it takes from here to there. Plain Node.

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { port } from './config.js'
import { serve } from './serve.js'

const KM_PER_DEGREE = 111
const KM_PER_MINUTE = 0.6

let requests = 0

const server = createServer(async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost')
  if (pathname !== '/route') return res.writeHead(404).end()
  // Thinking takes its time; now and then the map has to be read anew.
  const isSlow = ++requests % 7 === 0
  await sleep(isSlow ? 60 : 5 + Math.random() * 15)
  const minutes = Math.ceil(distance(searchParams.get('pickup'), searchParams.get('dropoff')) / KM_PER_MINUTE)
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ minutes }))
})

function distance(pickup, dropoff) {
  const [[x1, y1], [x2, y2]] = [pickup, dropoff].map((point) => point.split(',').map(Number))
  return Math.hypot(x1 - x2, y1 - y2) * KM_PER_DEGREE
}

serve(server, 'route', port(8083))
