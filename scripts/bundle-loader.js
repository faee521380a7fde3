// The beginning of dist/src/preload.js, which bundle.js writes: `files` is filled behind it. No module by itself.

const Module = require('node:module')
const { dirname, join } = require('node:path')

const dist = dirname(__dirname)
/** By path: what Node would make of the file. */
const files = new Map()

/** What a file exports, as `require` gives it. */
function load(file) {
  const known = Module._cache[file]
  if (known !== undefined) return known.exports
  const made = new Module(file, module)
  const folder = dirname(file)
  made.filename = file
  // Those of this file, which is in the same package.
  made.paths = module.paths
  Module._cache[file] = made
  try {
    files.get(file).call(made.exports, made.exports, requireFor(made, folder), made, file, folder)
  } catch (error) {
    delete Module._cache[file]
    throw error
  }
  made.loaded = true
  return made.exports
}

function requireFor(made, folder) {
  function requireHere(id) {
    const file = id[0] === '.' ? join(folder, id) : id
    return files.has(file) ? load(file) : made.require(id)
  }
  requireHere.cache = Module._cache
  requireHere.main = process.mainModule
  return requireHere
}

exports.register = (env) => {
  // Nobody asks for this file again: what is listed is as without it.
  delete Module._cache[__filename]
  load(join(dist, 'src', 'register.js')).register(env)
}
