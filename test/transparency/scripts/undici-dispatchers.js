'use strict'
const { load, serve, usual, show } = require('../kit.js')
const undici = load('undici')
serve(usual, async (base) => {
  const pool = new undici.Pool(base, { connections: 1 })
  show(
    await Promise.all(
      [1, 2, 3].map((n) =>
        pool
          .request({ path: `/echo?${n}`, method: 'GET' })
          .then(({ body }) => body.json())
          .then(({ url }) => url),
      ),
    ),
  )
  show(pool.closed, pool.destroyed, pool.dispatch.length, pool.dispatch.name)
  await pool.close()
  await pool.request({ path: '/', method: 'GET' }).catch((error) => show(error.code, error.name))
  const agent = new undici.Agent({ keepAliveTimeout: 10 })
  const { statusCode, body } = await undici.request(`${base}/chunks`, { dispatcher: agent })
  show(statusCode, await body.text())
  await agent.destroy()
})
