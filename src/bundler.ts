/**
 * `pretrace/bundler`: plugins that keep libraries traceable inside of a bundle, minified too. The bundle is then started
 * as ever, with `-r pretrace/register`; without that it behaves as if it had been made without the plugin.
 *
 * ```js
 * const { esbuild } = require('pretrace/bundler')
 * await require('esbuild').build({ entryPoints: ['app.js'], bundle: true, platform: 'node', plugins: [esbuild()] })
 * ```
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { traceable, tracedFiles } from './bundler/traceable.js'

/** A plugin for esbuild. */
export function esbuild(): EsbuildPlugin {
  return {
    name: 'pretrace',
    setup(build) {
      build.onLoad({ filter: tracedFiles }, async ({ path }) => {
        const contents = traceable(path, await readFile(path, 'utf8'))
        return contents === undefined ? undefined : { contents, loader: 'js' }
      })
    },
  }
}

/** A plugin for webpack and Rspack. */
export function webpack(): WebpackPlugin {
  return {
    apply({ options }) {
      options.module.rules.push({
        test: tracedFiles,
        enforce: 'post',
        use: [{ loader: join(__dirname, 'bundler', 'webpack-loader.js') }],
      })
    },
  }
}

/** A plugin for Rollup, Rolldown and Vite. */
export function rollup(): RollupPlugin {
  return {
    name: 'pretrace',
    transform: {
      // Before CommonJS is made into ES modules.
      order: 'pre',
      handler(source, id) {
        const code = traceable(id, source)
        // What is added stands at the end: the map is still right.
        return code === undefined ? undefined : { code, map: null }
      },
    },
  }
}

// ---- the little of the bundlers relied upon ----

interface EsbuildPlugin {
  readonly name: string
  setup(build: {
    onLoad(
      options: { filter: RegExp },
      callback: (file: { path: string }) => Promise<{ contents: string; loader: 'js' } | undefined>,
    ): void
  }): void
}

interface WebpackPlugin {
  apply(compiler: { readonly options: { readonly module: { readonly rules: unknown[] } } }): void
}

interface RollupPlugin {
  readonly name: string
  readonly transform: {
    readonly order: 'pre'
    handler(source: string, id: string): { code: string; map: null } | undefined
  }
}
