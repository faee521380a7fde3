'use strict'
const { load, serve, ask, show } = require('../kit.js')
const { Client } = require('pg')
const express = load('express')
const app = express()
const client = new Client(process.env.DATABASE_URL)
app.get('/:n', async (req, res) => res.json((await client.query('SELECT $1::int * 2 AS n', [req.params.n])).rows))
app.use((error, req, res, next) => res.status(500).send(`${error.code} ${error.message}`))
client.connect().then(() =>
  serve(app, async (base, port) => {
    for (const n of [1, 2, 3]) show(await fetch(`${base}/${n}`).then((res) => res.json()))
    show(await ask(port, { path: '/x' }).then(({ status }) => status))
  }).then(() => client.end()),
)
