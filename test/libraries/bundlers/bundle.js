'use strict'
/**
 * Makes one file of a program, minified: `node bundle.js BUNDLER ENTRY OUTPUT [--traced]`.
 *
 * The format is that of the output's extension: `.mjs` or CommonJS.
 */
const { basename, dirname } = require('node:path')
const plugins = require('../../../dist/src/bundler.js')

const bundlers = {
  async esbuild(entry, output, plugins) {
    const isModule = output.endsWith('.mjs')
    await require('esbuild').build({
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node18',
      format: isModule ? 'esm' : 'cjs',
      // CommonJS inside of an ES module has no `require`.
      ...(isModule && {
        banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
      }),
      external: ['pg-native'],
      logLevel: 'error',
      plugins,
    })
  },

  async webpack(entry, output, plugins) {
    const isModule = output.endsWith('.mjs')
    const compiler = require('webpack')({
      entry,
      target: 'node18',
      mode: 'production',
      output: {
        path: dirname(output),
        filename: basename(output),
        ...(isModule && { module: true, chunkFormat: 'module', library: { type: 'module' } }),
      },
      experiments: { outputModule: isModule },
      externals: { 'pg-native': 'commonjs pg-native' },
      ignoreWarnings: [() => true],
      plugins,
    })
    await new Promise((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error ?? stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')))
        else resolve()
      })
    })
  },

  async rollup(entry, output, plugins) {
    const plugin = (name) => require(`@rollup/plugin-${name}`).default ?? require(`@rollup/plugin-${name}`)
    const bundle = await require('rollup').rollup({
      input: entry,
      external: ['pg-native'],
      onwarn: () => undefined,
      plugins: [
        ...plugins,
        plugin('node-resolve')({ preferBuiltins: true, exportConditions: ['node'] }),
        plugin('commonjs')({ ignore: ['pg-native'] }),
        plugin('json')(),
        plugin('terser')(),
      ],
    })
    await bundle.write({ file: output, format: output.endsWith('.mjs') ? 'es' : 'cjs', inlineDynamicImports: true })
  },
}

const [, , bundler, entry, output, traced] = process.argv
bundlers[bundler](entry, output, traced ? [plugins[bundler]()] : []).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
