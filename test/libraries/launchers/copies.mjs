// Two copies of Express in one process, of two versions, one required and one imported.
import { createRequire } from 'node:module'
import { get } from 'node:http'
import express5 from 'express'

const express4 = createRequire(new URL('../express-4/app.js', import.meta.url))('express')
for (const [path, express] of Object.entries({ '/five/:id': express5, '/four/:id': express4 })) {
  const app = express()
  app.get(path, (req, res) => res.end())
  await new Promise((resolve) => {
    const server = app.listen(0, () => {
      const { port } = server.address()
      get({ port, path: path.replace(':id', '1'), agent: false }, (res) =>
        res.resume().on('close', () => server.close(resolve)),
      )
    })
  })
}
