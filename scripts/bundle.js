'use strict'
/**
 * Puts what every start loads into one file, dist/src/preload.js: of the time that Node takes for a small file, most goes
 * into finding it. The files themselves stay where they are, for whoever asks for one of them before the preload.
 *
 * Each stands in the bundle as Node itself would call it, a function of `exports`, `require`, `module` and so on, and its
 * module gets into `require.cache` under its own name: what is loaded later finds it there.
 */
const { readFileSync, writeFileSync } = require('node:fs')
const { dirname, join, relative, sep } = require('node:path')
const { root } = require('./setup.js')

const dist = join(root, 'dist')
const ENTRY = join(dist, 'src', 'register.js')
const BUNDLE = join(dist, 'src', 'preload.js')

/** As the compiler writes what stands at the top of a file. Inside of functions is what need not be there at the start. */
const IMPORT = /^(?:const \w+ = )?(?:__import\w+\()?require\("(\.[^"]+)"\)/gm

/** The files that `file` loads when it is loaded, and itself, whatever is needed first coming first. */
function loadedWith(file, found = new Set()) {
  if (found.has(file)) return found
  const imports = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, path]) => join(dirname(file), path))
  // In the order of loading, but for circles, of which the linter allows none.
  for (const one of imports) loadedWith(one, found)
  return found.add(file)
}

/** In brackets, for V8 to compile it at once: it will be called. */
function asFunction(file) {
  const name = JSON.stringify(relative(dist, file).split(sep).join('/'))
  return `files.set(join(dist, ${name}), (function (exports, require, module, __filename, __dirname) {\n${readFileSync(file, 'utf8')}}))`
}

/** Never called. Tools that gather the files of a program by what it requires find by it what is loaded later. */
const UNBUNDLED = "exports.unbundled = () => require('./register.js')"

function bundle() {
  const files = [...loadedWith(ENTRY)]
  const head = `'use strict'\n// Made by \`npm run build\` (scripts/bundle.js) of ${files.length} files beside and below this one.\n`
  writeFileSync(
    BUNDLE,
    `${head}${readFileSync(join(__dirname, 'bundle-loader.js'), 'utf8')}${UNBUNDLED}\n\n${files.map(asFunction).join('\n')}\n`,
  )
}

module.exports = { bundle }
