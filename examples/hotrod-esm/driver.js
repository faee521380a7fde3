// Which drivers are near: Redis.

import { createServer } from 'node:http'
import express from 'express'
import { createClient } from 'redis'
import { port, redisUrl } from './config.js'
import { serve } from './serve.js'

const app = express()
const redis = createClient({ url: redisUrl })
redis.on('error', (error) => console.error(`redis: ${error.message}`))

app.get('/findNearest', async (req, res) => {
  const [longitude, latitude] = String(req.query.location).split(',').map(Number)
  const ids = await redis.geoSearch(
    'hotrod:drivers',
    { longitude, latitude },
    { radius: 50, unit: 'km' },
    { COUNT: 10, SORT: 'ASC' },
  )
  const drivers = []
  // One after the other, though one pipeline would do.
  for (const id of ids) drivers.push({ id, ...(await readDriver(id)) })
  res.json(drivers)
})

async function readDriver(id) {
  const key = `hotrod:driver:${id}`
  try {
    return await redis.hGetAll(key)
  } catch {
    // The nightly import still writes some drivers as JSON: Redis says WRONGTYPE, and we try again the old way.
    return JSON.parse(await redis.get(key))
  }
}

await redis.connect()
serve(createServer(app), 'driver', port(8082))
