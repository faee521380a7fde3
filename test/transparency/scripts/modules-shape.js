// No spans: nothing is done, only looked at.
'use strict'
// What can be seen of Node's own modules and of what is loaded, by names, lengths, keys and flags.
const Module = require('node:module')

function flagsOf(object) {
  return Object.fromEntries(
    Reflect.ownKeys(object).map((key) => {
      const { value, get, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(object, key)
      const what = typeof value === 'function' ? `${value.name}/${value.length}/${Object.keys(value)}` : typeof value
      return [String(key), [what, typeof get, enumerable, writable, configurable].join()]
    }),
  )
}

const libraries = ['express', 'pg', 'pg-pool', 'redis', 'ioredis', 'router']
for (const name of ['http', 'https', 'child_process', ...libraries]) {
  const exports = require(name)
  console.log(name, Object.keys(exports).join())
  for (const key of Object.keys(exports)) {
    const value = exports[key]
    if (typeof value !== 'function') continue
    console.log(name, key, value.name, value.length, Object.keys(value).join())
    if (value.prototype) console.log(Object.keys(value.prototype).join())
  }
}
console.log(JSON.stringify(flagsOf(Module)))
const enumerable = Object.entries(flagsOf(Module.prototype)).filter(([key]) =>
  Object.keys(Module.prototype).includes(key),
)
console.log(JSON.stringify(enumerable))
console.log(JSON.stringify(flagsOf(process)))
console.log(Object.keys(globalThis).join())
