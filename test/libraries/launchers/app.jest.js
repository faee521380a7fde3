// A test of Jest's, which loads libraries by itself, in contexts of its own: what it leaves to Node is traced.
const { get } = require('node:http')

function ask() {
  return new Promise((resolve) => {
    const server = require('express')()
      .get('/launched/:by', (req, res) => res.end())
      .listen(0, () => {
        const { port } = server.address()
        get({ port, path: '/launched/x', agent: false }, (res) => res.resume().on('close', () => server.close(resolve)))
      })
  })
}

test('asks', ask)

test('asks again by modules that were loaded anew', () => {
  const express = require('express')
  jest.resetModules()
  expect(require('express')).not.toBe(express)
  return ask()
})

test('has a library mocked', () => {
  jest.resetModules()
  jest.doMock('express', () => 'mocked')
  expect(require('express')).toBe('mocked')
})

test('has a builtin mocked', () => {
  jest.resetModules()
  jest.doMock('node:http', () => ({ get: 'mocked' }))
  expect(require('node:http').get).toBe('mocked')
})
