/**
 * Applications of ES modules, with `-r` and nothing else. Every form in which one may come, on the Node that runs this;
 * `npm run test:nodes` runs it on the others.
 */
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import satisfies from 'semver/functions/satisfies.js'
import { Collector, type Arrived } from '../support/collector.js'
import { appFolders } from '../support/packages.js'
import { libraries, preload, root, runNode } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const newApp = appFolders()
const PRELOADED = ['-r', preload]

async function traceNode(args: readonly string[], cwd?: string): Promise<readonly Arrived[]> {
  const collector = await Collector.start()
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000', NODE_NO_WARNINGS: '1' }
    const { stderr, code } = await runNode(args, { env, ...(cwd !== undefined && { cwd }) })
    assert.equal(stderr, '')
    assert.equal(code, 0)
    return collector.spans
  } finally {
    await collector.stop()
  }
}

/** A request to itself, given `createServer` and `get`. */
const REQUEST = `
  const server = createServer((req, res) => res.end()).listen(0, () => {
    get({ port: server.address().port, agent: false }, (res) => res.resume().on('close', () => server.close()))
  })`
const NAMED = `import { createServer, get } from 'node:http'\n${REQUEST}`
const REQUESTED = 'GET\n  GET'
const DYNAMIC = `import('http').then(({ createServer, get }) => {${REQUEST}})`

/** One application in many files, of which each form starts one. */
const app = newApp()
const files: Readonly<Record<string, string>> = {
  'default.mjs': `import http from 'node:http'\nconst { createServer, get } = http\n${REQUEST}`,
  'named.mjs': NAMED,
  'namespace.mjs': `import * as http from 'http'\nconst { createServer, get } = http\n${REQUEST}`,
  'export-star.mjs': `import { createServer, get } from './star.mjs'\n${REQUEST}`,
  'star.mjs': `export * from 'node:http'`,
  'await.mjs': `await 0\nconst { createServer, get } = await import('node:http')\nawait 1\n${REQUEST}`,
  'cycle.mjs': `import { run } from './back.mjs'\nexport { createServer, get } from 'http'\nrun()`,
  'back.mjs': `import { createServer, get } from './cycle.mjs'\nexport const run = () => {${REQUEST}}`,
  'typed/package.json': '{ "type": "module", "main": "main.js" }',
  'typed/main.js': NAMED,
  'typed/main.ts': `const port: number = 0\n${NAMED}`,
  'untyped/package.json': '{}',
  'untyped/main.js': NAMED,
  'import-builtin.cjs': DYNAMIC,
  'import-module.cjs': `import('./named.mjs')`,
  'require-mjs.cjs': `require('./named.mjs')`,
  'require-typed.cjs': `require('./typed/main.js')`,
  'require-untyped.cjs': `require('./untyped/main.js')`,
  'worker.cjs': `new (require('node:worker_threads').Worker)(__dirname + '/named.mjs')`,
  'worker.mjs': `import { Worker } from 'worker_threads'\nnew Worker(new URL('typed/main.js', import.meta.url))`,
  'worker-import.cjs': `new (require('worker_threads').Worker)(__dirname + '/import-builtin.cjs')`,
  'worker-text.cjs': `new (require('worker_threads').Worker)(${JSON.stringify(DYNAMIC)}, { eval: true })`,
  'worker-text-module.cjs': `new (require('worker_threads').Worker)(${JSON.stringify(NAMED)}, { eval: true })`,
  'worker-data.cjs': `const url = new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(NAMED)}`)})
    new (require('worker_threads').Worker)(url)`,
  'worker-text-plain.cjs': `
    const text = 'console.log(process.moduleLoadList.includes("NativeModule https"))'
    new (require('worker_threads').Worker)(text, { eval: true })`,
  'plain.cjs': `const { createServer, get } = require('node:http')\n${REQUEST}`,
  'itself.mjs': `import ${JSON.stringify(preload)}\n${NAMED}`,
  'earlier.mjs': `import { createServer, get } from 'http'\nglobalThis.request = () => {${REQUEST}}`,
  'later.cjs': `require('http')\nglobalThis.request()`,
}
for (const [path, source] of Object.entries(files)) app.write(path, source)
const at = (path: string): string => join(app.folder, path)

const here = (range: string): boolean => satisfies(process.version, range)
const canRequire = here('>=20.19 <21 || >=22.12')
const knowsBySyntax = here('>=20.19 <21 || >=22.7')
const stripsTypes = here('>=22.18 <23 || >=23.6')

/** Arguments for node; undefined where this Node does not know the form. */
const forms: Readonly<Record<string, readonly string[] | false>> = {
  'a default import': [...PRELOADED, at('default.mjs')],
  'named imports': [...PRELOADED, at('named.mjs')],
  'a namespace import': [...PRELOADED, at('namespace.mjs')],
  'export * of a builtin': [...PRELOADED, at('export-star.mjs')],
  'top-level await': [...PRELOADED, at('await.mjs')],
  'a cycle': [...PRELOADED, at('cycle.mjs')],
  'a package of type module': [...PRELOADED, at('typed/main.js')],
  'a folder': [...PRELOADED, at('typed')],
  'types to be stripped': stripsTypes && [...PRELOADED, at('typed/main.ts')],
  'nothing but its syntax': knowsBySyntax && [...PRELOADED, at('untyped/main.js')],
  '-e': [...PRELOADED, '--input-type=module', '-e', NAMED],
  'import() in -e': [...PRELOADED, '-e', DYNAMIC],
  'import() of a builtin in CommonJS': [...PRELOADED, at('import-builtin.cjs')],
  'import() of an ES module in CommonJS': [...PRELOADED, at('import-module.cjs')],
  'require of an ES module': canRequire && [...PRELOADED, at('require-mjs.cjs')],
  'require of a package of type module': canRequire && [...PRELOADED, at('require-typed.cjs')],
  'require of what its syntax makes an ES module': canRequire && [...PRELOADED, at('require-untyped.cjs')],
  'a worker': [...PRELOADED, at('worker.cjs')],
  'a worker of an ES module': [...PRELOADED, at('worker.mjs')],
  'import() in a worker of CommonJS': [...PRELOADED, at('worker-import.cjs')],
  'import() in a worker of a text': [...PRELOADED, at('worker-text.cjs')],
  'a worker of a text that its syntax makes an ES module': knowsBySyntax && [
    ...PRELOADED,
    at('worker-text-module.cjs'),
  ],
  'a worker of a data: URL': [...PRELOADED, at('worker-data.cjs')],
  '--import of the preload': ['--import', preload, at('named.mjs')],
  '--import of the preload before CommonJS': ['--import', preload, at('plain.cjs')],
  'an import of the preload': [at('itself.mjs')],
  'a builtin imported before the preload': ['--import', at('earlier.mjs'), '--import', preload, at('later.cjs')],
  'a builtin imported by another preload': [...PRELOADED, '--import', at('earlier.mjs'), at('later.cjs')],
}

describe('an application of ES modules is traced', { concurrency: 2 }, () => {
  for (const [form, args] of Object.entries(forms)) {
    if (args === false) continue
    it(`by ${form}`, async () => {
      assert.equal(treeOf(await traceNode(args, app.folder)), REQUESTED)
    })
  }

  it('by the name of the package, which `exports` gives to -r, to --import and to an import', async () => {
    const itself = app.write('by-name.mjs', NAMED)
    for (const flag of ['-r', '--import']) {
      assert.equal(treeOf(await traceNode([flag, 'pretrace/register', itself], root)), REQUESTED)
    }
    const source = `import 'pretrace/register'\n${NAMED}`
    assert.equal(treeOf(await traceNode(['--input-type=module', '-e', source], root)), REQUESTED)
  })

  it('by a link to it', async () => {
    const link = at('linked.js')
    symlinkSync(at('typed/main.js'), link)
    assert.equal(treeOf(await traceNode([...PRELOADED, link])), REQUESTED)
  })

  it('in every library that it imports', async () => {
    const spans = await traceNode([...PRELOADED, join(libraries('current'), 'every-library.mjs')])
    const leaf = ['    GET', '      GET /leaf', '        handler /leaf']
    assert.deepEqual(
      treeOf(spans).split('\n'),
      ['GET', '  GET /all/:id', '    handler /all/:id', '      SELECT', '      GET', '      EXISTS'].concat(
        Array.from({ length: 2 }, () => leaf.map((line) => `  ${line}`)).flat(),
      ),
    )
  })

  it('in libraries whose main file is what is patched', async () => {
    const spans = await traceNode([...PRELOADED, join(libraries('current'), 'main-files.mjs')])
    assert.equal(treeOf(spans), 'GET\n  GET /api/:id\n    handler /api/:id\n      SELECT')
  })
})

describe('what an application of ES modules imports', () => {
  it('is told of if it cannot be traced', async () => {
    app.install('pg', '7.0.0', { 'index.js': 'exports.Client = class {}' })
    const file = app.write('old.mjs', `import pg from 'pg'\nnew pg.Client()`)
    const { stderr } = await runNode([...PRELOADED, file])
    assert.match(stderr, /^pretrace: pg@7\.0\.0 is not traced: supported are .*\n$/)
  })

  it('is traced where a module loader gives Node the source', async () => {
    const { install, write } = newApp()
    install('pg-pool', '3.10.0', {
      'index.js': `module.exports = class { connect() {} query() {} }`,
    })
    const pool = `const { connect } = require('pg-pool').prototype\nmodule.exports = connect`
    install('uses-pool', '1.0.0', { 'index.js': pool })
    write(
      'sources.mjs',
      `import { readFileSync } from 'node:fs'
      export async function load(url, context, next) {
        const loaded = await next(url, context)
        return loaded.format === 'commonjs' ? { ...loaded, source: readFileSync(new URL(url)) } : loaded
      }`,
    )
    const loader = write('loader.mjs', `import { register } from 'module'\nregister('./sources.mjs', import.meta.url)`)
    const file = write(
      'app.mjs',
      `import { createRequire } from 'module'
      import connect from 'uses-pool'
      import Pool from 'pg-pool'
      const { cache, resolve } = createRequire(import.meta.url)
      const { loaded, exports } = Object.getOwnPropertyDescriptors(cache[resolve('pg-pool')])
      console.log(/traced/i.test(connect), Pool.prototype.connect === connect, exports.value === Pool, loaded.value)`,
    )
    const { stdout, stderr } = await runNode([...PRELOADED, '--import', loader, file], {
      env: { NODE_NO_WARNINGS: '1' },
    })
    assert.deepEqual({ stdout, stderr }, { stdout: 'true true true true\n', stderr: '' })
  })

  it('loads no builtin where there is no ES module', async () => {
    const loaded = `console.log(process.moduleLoadList.includes('NativeModule https'))`
    for (const [file, expected] of [
      [app.write('none.cjs', loaded), 'false\n'],
      [app.write('some.mjs', loaded), 'true\n'],
      [at('worker-text-plain.cjs'), 'false\n'],
    ] as const) {
      assert.equal((await runNode([...PRELOADED, file])).stdout, expected)
    }
  })

  it('may be the API of this package, by names', async () => {
    const file = app.write(
      'api.mjs',
      `import { activeSpan, tracer } from ${JSON.stringify(join(root, 'dist/src/index.js'))}
      tracer.startSpan('mine').finish()
      console.assert(activeSpan() === undefined)`,
    )
    const spans = await traceNode([...PRELOADED, file])
    assert.deepEqual(
      spans.map(({ name }) => name),
      ['mine'],
    )
  })
})
