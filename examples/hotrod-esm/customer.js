// Who our customers are: PostgreSQL.

import { createServer } from 'node:http'
import express from 'express'
import { Pool } from 'pg'
import { databaseUrl, port } from './config.js'
import { serve } from './serve.js'

const app = express()
const pool = new Pool({ connectionString: databaseUrl, max: 4 })

app.get('/customer', async (req, res) => {
  const id = Number(req.query.customer)
  const { rows } = await pool.query('SELECT id, name, location FROM hotrod.customers WHERE id = $1', [id])
  const [customer] = rows
  if (customer === undefined) return res.status(404).json({ error: 'no such customer' })
  // Rides have no index on the customer: this reads them all.
  const past = await pool.query(
    'SELECT count(*)::int AS rides, avg(fare)::float AS fare FROM hotrod.rides WHERE customer_id = $1',
    [id],
  )
  res.json({ ...customer, ...past.rows[0] })
})

serve(createServer(app), 'customer', port(8081))
