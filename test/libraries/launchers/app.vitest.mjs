import { get } from 'node:http'
import { afterAll, expect, test, vi } from 'vitest'

async function ask() {
  const { default: express } = await import('express')
  return new Promise((resolve) => {
    const server = express()
      .get('/launched/:by', (req, res) => res.end())
      .listen(0, () => {
        const { port } = server.address()
        get({ port, path: '/launched/x', agent: false }, (res) => res.resume().on('close', () => server.close(resolve)))
      })
  })
}

// Vitest kills its workers half a second after asking them to end: on a busy machine too soon to deliver anything.
afterAll(async () => (await import(process.env.LIBRARY)).flush())

test('asks', ask)

test('asks again after a reset of modules', () => {
  vi.resetModules()
  return ask()
})

test('has a library mocked', async () => {
  vi.resetModules()
  vi.doMock('express', () => ({ default: 'mocked' }))
  expect((await import('express')).default).toBe('mocked')
  vi.doUnmock('express')
})
