'use strict'
/**
 * Runs a library's contract: each of its scenarios in the course of a request of its own, one after the other and then
 * all at once. What they came to is printed; it must be the same with the preload and without.
 *
 * Called by the two little programs of program.ts, which have the library by `require` or by `import`.
 */
const { createServer } = require('node:http')
const { connect } = require('node:net')
const { inspect } = require('node:util')

/**
 * @param {string} name of the contract
 * @param {object} library what `require` or `import * as` gave
 */
exports.run = async function run(name, library) {
  const contract = require(`./contracts/${name}.js`)
  const { scenarios = {}, app, paths = Object.keys(scenarios), stop } = await contract.start(exportsOf(library))
  const results = new Map()
  const server = createServer(app ?? ((req, res) => void answer(req, res)))
  async function answer(req, res) {
    // On a busy machine somebody may still ask for a server that had this port before.
    const scenario = scenarios[req.url.slice(1).split('?')[0]]
    if (scenario !== undefined) results.set(req.url, await settle(scenario))
    res.end('done')
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  for (const path of paths) {
    const text = await ask(port, `/${path}`)
    if (app !== undefined) console.log(path, text)
  }
  await Promise.all(paths.map((path) => ask(port, `/${path}?together`)))
  for (const path of [...results.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    console.log(path, inspect(results.get(path), { depth: 5 }))
  }
  await new Promise((resolve) => server.close(resolve))
  await stop?.()
  console.log('done')
}

/** What a module exports, whichever way it came: Node does not find the names of all that a CommonJS module exports. */
function exportsOf(library) {
  return {
    whole: library.default ?? library,
    get: (name) => library[name] ?? library.default?.[name],
  }
}

async function settle(work) {
  try {
    return await work()
  } catch (error) {
    return `${error.name}: ${error.message} ${error.code}`
  }
}

/** A request by a bare socket, which nobody traces. */
function ask(port, path) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    socket.on('error', reject).on('close', () => resolve(withoutDate(text)))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: contract\r\nConnection: close\r\n\r\n`)
  })
}

function withoutDate(text) {
  return text.replaceAll(/^date:.*\r\n/gim, '')
}
