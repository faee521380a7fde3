import express from 'express'
import { get } from 'node:http'

const app = express()
app.get('/launched/:by', (req, res) => res.end())
const server = app.listen(0, () => {
  const { port } = server.address()
  get({ port, path: '/launched/x', agent: false }, (res) => res.resume().on('close', () => server.close()))
})
