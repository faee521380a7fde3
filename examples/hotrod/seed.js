'use strict'

// Fills PostgreSQL and Redis. May be run again: it then changes nothing. Keeps to the schema `hotrod` and to keys that begin with
// `hotrod:`, since the servers may be somebody's own.

const { Client } = require('pg')
const { createClient } = require('redis')
const { databaseUrl, redisUrl } = require('./config')

// Longitude, latitude.
const CUSTOMERS = [
  [123, 'Rosa’s Roses', '13.388,52.517'],
  [392, 'Tram Chocolates', '13.405,52.530'],
  [567, 'Morning Coffee', '13.430,52.499'],
  [731, 'Little Tokyo Sweets', '13.350,52.505'],
]
const NAMES = ['Ada', 'Bela', 'Carlos', 'Dunja', 'Emre', 'Fatou', 'Gwen', 'Hugo', 'Ines', 'Jonas', 'Kaya', 'Liam']
const DRIVERS = 60
const RIDES = 200_000
/** Every so many-th driver is kept in the old format. */
const OLD_FORMAT = 5

const TABLES = `
  CREATE SCHEMA IF NOT EXISTS hotrod;
  CREATE TABLE IF NOT EXISTS hotrod.customers (id int PRIMARY KEY, name text NOT NULL, location text NOT NULL);
  CREATE TABLE IF NOT EXISTS hotrod.rides (id serial PRIMARY KEY, customer_id int NOT NULL, fare numeric NOT NULL);
`
const RIDES_OF_THE_PAST = `
  INSERT INTO hotrod.rides (customer_id, fare)
  SELECT ($2::int[])[1 + n % 4], 5 + n % 40 FROM generate_series(1, $1) AS n
  WHERE NOT EXISTS (SELECT FROM hotrod.rides)
`

async function seedPostgres() {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(TABLES)
  for (const customer of CUSTOMERS) {
    await client.query('INSERT INTO hotrod.customers VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING', customer)
  }
  await client.query(RIDES_OF_THE_PAST, [RIDES, CUSTOMERS.map(([id]) => id)])
  await client.end()
}

async function seedRedis() {
  const client = createClient({ url: redisUrl })
  await client.connect()
  for (let index = 0; index < DRIVERS; index++) {
    const id = `T7${String(index).padStart(3, '0')}`
    // Spread evenly and the same each time.
    const longitude = (13.3 + ((index * 0.61803) % 1) * 0.2).toFixed(4)
    const latitude = (52.46 + ((index * 0.75488) % 1) * 0.1).toFixed(4)
    const driver = {
      name: NAMES[index % NAMES.length],
      plate: `B-HR ${1000 + index}`,
      location: `${longitude},${latitude}`,
    }
    const key = `hotrod:driver:${id}`
    await client.geoAdd('hotrod:drivers', { longitude, latitude, member: id })
    await client.del(key)
    if (index % OLD_FORMAT === 0) await client.set(key, JSON.stringify(driver))
    else await client.hSet(key, driver)
  }
  await client.close()
}

Promise.all([seedPostgres(), seedRedis()]).catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
