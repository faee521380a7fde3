// No spans: nothing is done, only loaded.
'use strict'
// What an application sees of its modules: which are cached, whose children they are, what is resolved and what is not.
const { builtinModules, createRequire } = require('node:module')

require('express')
require('pg')
require('redis')
require('ioredis')

const ours = /[\\/](express|router|pg|pg-pool|redis|@redis[\\/]client|ioredis)[\\/]/
const files = Object.keys(require.cache).filter((file) => ours.test(file) || file === __filename)
for (const file of files) {
  const { id, loaded, children, parent, exports, paths } = require.cache[file]
  console.log(
    file,
    id,
    loaded,
    children.map((child) => child.filename).join(),
    parent?.filename,
    typeof exports,
    paths[0],
  )
}
console.log(require.main === module, module.parent, module.isPreloading, Object.keys(module).join())
console.log(Object.keys(require).join(), require.name, require.length, Object.keys(require.extensions).join())
console.log(require('http') === require('node:http'), require('http') === createRequire(__filename)('http'))
console.log(process.getBuiltinModule === undefined || process.getBuiltinModule('http') === require('http'))
console.log(
  builtinModules.length,
  process.argv.length,
  process.execArgv.filter((arg) => !/^-r$|register/.test(arg)).join(),
)

const [cached] = files.filter((file) => /express/.test(file))
const before = require(cached)
delete require.cache[cached]
console.log(require(cached) === before, typeof require(cached))
require.cache[cached].exports = 'replaced'
console.log(require(cached))
