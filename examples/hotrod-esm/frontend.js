// Orders a ride: asks who the customer is, which drivers are near, and which of them is there first.

import http from 'node:http'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { customerUrl, driverUrl, port, routeUrl } from './config.js'
import { serve } from './serve.js'

/** How many routes are asked for at a time. */
const CONCURRENCY = 3

const app = express()
const agent = new http.Agent({ keepAlive: true })

app.use(express.static(fileURLToPath(new URL('../hotrod/public', import.meta.url))))

app.get('/dispatch', async (req, res) => {
  const customer = await getJson(`${customerUrl}/customer?customer=${encodeURIComponent(req.query.customer)}`)
  const drivers = await getJson(`${driverUrl}/findNearest?location=${customer.location}`)
  const routes = await inParallel(drivers, CONCURRENCY, (driver) => route(driver.location, customer.location))
  const offers = drivers.map((driver, index) => ({ ...driver, minutes: routes[index].minutes }))
  const [best] = offers.sort((a, b) => a.minutes - b.minutes)
  res.json({ customer: customer.name, driver: best.name, plate: best.plate, minutes: best.minutes })
})

async function getJson(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${response.status} from ${url}`)
  return response.json()
}

function route(pickup, dropoff) {
  return new Promise((resolve, reject) => {
    const request = http.get(`${routeUrl}/route?pickup=${pickup}&dropoff=${dropoff}`, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(JSON.parse(text)))
    })
    request.on('error', reject)
  })
}

/** Maps `items`, at most `limit` of them at a time. */
async function inParallel(items, limit, map) {
  const results = []
  let next = 0
  const work = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await map(items[index])
    }
  }
  await Promise.all(Array.from({ length: limit }, work))
  return results
}

serve(http.createServer(app), 'frontend', port(8080))
