/**
 * How the viewer's page is built: static files that know no other host, and no inline script that a strict policy would
 * refuse.
 */
import { preact } from '@preact/preset-vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  root,
  base: './',
  logLevel: 'warn',
  plugins: [preact()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/viewer/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
