/**
 * How the viewer's page is built: static files that know no other host, and no inline script that a strict policy would
 * refuse.
 */
import { preact } from '@preact/preset-vite'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const packages = new URL('../../node_modules/', import.meta.url)

/** Whose code or typeface becomes part of the page. */
const PARTS = [
  'preact',
  '@preact/signals',
  '@preact/signals-core',
  '@tanstack/virtual-core',
  '@dagrejs/dagre',
  '@dagrejs/graphlib',
  '@fontsource-variable/inter',
]

/** Their licences want to go with them. */
function licences() {
  return {
    name: 'licences',
    generateBundle() {
      const texts = PARTS.map((name) => `${name}\n\n${readFileSync(new URL(`${name}/LICENSE`, packages), 'utf8')}`)
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) })
    },
  }
}

export default defineConfig({
  root,
  base: './',
  logLevel: 'warn',
  plugins: [preact(), licences()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/viewer/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // On a busy machine any build is slow; nobody needs to be told.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
})
