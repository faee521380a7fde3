import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { preload, root, runNode, sourceOf, trace } from '../support/run.js'

/** An application that makes one request to itself and says so. */
function selfRequest(): void {
  const http = require('node:http')
  const server = http.createServer((_req: any, res: any) => res.end('ok'))
  server.listen(0, () => {
    http.get({ port: server.address().port }, (res: any) => {
      res.resume().on('end', () => server.close())
      console.log('done')
    })
  })
}

/** Prints which files of pretrace have been loaded. */
const listLoaded = `
  const mine = Object.keys(require.cache).filter((file) => !file.includes('node_modules') && file.includes('${root}'))
  console.log(mine.map((file) => file.slice(${root.length + 1})).join('\\n'))`

describe('the preload', () => {
  it('loads no instrumentation and no exporter before there is a use for one', async () => {
    const { stdout, stderr, code } = await runNode(['-r', preload, '-e', listLoaded])
    const loaded = stdout.trim().split('\n')
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.ok(loaded.includes('dist/src/register.js'), stdout)
    const tooMuch = loaded.filter((file) =>
      /^dist\/(instrumentations\/(?!index)|src\/(export|tracer|propagation)\/)/.test(file),
    )
    assert.deepEqual(tooMuch, [])
  })

  it('loads the instrumentations of what is used, and no others', async () => {
    const loadedBy = async (program: string): Promise<string[]> => {
      const { stdout } = await runNode(['-r', preload, '-e', `${program};${listLoaded}`])
      const named = /^dist\/instrumentations\/(\w+)\.js$/gm
      return [...stdout.matchAll(named)].map(([, name]) => String(name)).filter((name) => name !== 'index')
    }
    assert.deepEqual(await loadedBy("require('node:http')"), ['http'])
    assert.deepEqual(await loadedBy("require('ioredis')"), ['ioredis'])
  })

  it('follows into a worker thread, with as few files', async () => {
    const app = (source: string): void => {
      const { Worker } = require('node:worker_threads')
      new Worker(source, { eval: true }).on('exit', (code: number) => console.log('exit', code))
    }
    const inside = `console.log(Object.keys(require.cache).length); (${selfRequest.toString()})()`
    const { stdout, stderr, spans } = await trace(app, { args: [inside] })
    assert.equal(stderr, '')
    const [files, ...rest] = stdout.split('\n')
    assert.ok(Number(files) <= 25, `${files} files`)
    assert.deepEqual(rest, ['done', 'exit 0', ''])
    assert.deepEqual(spans.map(({ kind }) => kind).sort(), ['client', 'server'])
  })

  it('has them in one file, but for what only some starts need', async () => {
    const watch = `
      const { prototype } = require('node:module')
      const { _compile: compile } = prototype
      const compiled = []
      prototype._compile = function (text, file) {
        compiled.push(file)
        return compile.apply(this, arguments)
      }
      require(${JSON.stringify(preload)})
      console.log(compiled.filter((file) => !file.includes('node_modules')).map((file) => file.slice(${root.length + 1})).join())`
    const folder = mkdtempSync(join(tmpdir(), 'pretrace-compiled-'))
    try {
      writeFileSync(join(folder, 'watch.js'), watch)
      const { stdout, stderr } = await runNode(['-r', join(folder, 'watch.js'), '-e', '0'])
      assert.equal(stderr, '')
      // Nodes before 22.4 do not announce an import.
      assert.match(stdout, /^register\.js,dist\/src\/preload\.js(?:,dist\/src\/hooks\/unannounced\.js)?\n$/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('loads at most 25 files', async () => {
    const { stdout } = await runNode(['-r', preload, '-p', 'Object.keys(require.cache).length'])
    assert.ok(Number(stdout) <= 25, `${stdout.trim()} files`)
  })

  for (const name of ['OTEL_SDK_DISABLED', 'JAEGER_DISABLED']) {
    it(`loads nothing else with ${name}=true, and says nothing`, async () => {
      const { stdout, stderr, spans } = await trace(selfRequest, { env: { [name]: ' TRUE ' } })
      assert.deepEqual({ stdout, stderr, spans }, { stdout: 'done\n', stderr: '', spans: [] })
      const listed = await runNode(['-r', preload, '-e', listLoaded], { env: { [name]: 'true' } })
      assert.equal(listed.stdout, 'register.js\n')
    })
  }

  it('is loaded twice without harm or noise', async () => {
    const { spans, stderr } = await trace(selfRequest, {
      nodeArgs: ['-r', preload, '-r', join(root, 'test', '..', 'register.js')],
    })
    assert.equal(stderr, '')
    assert.equal(spans.length, 2)
    const again = await runNode(['-r', preload, '-e', `delete require.cache['${preload}']; require('${preload}')`])
    assert.deepEqual(again, { code: 0, signal: null, stdout: '', stderr: '' })
  })

  it('says that a second copy stays out of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pretrace-copy-'))
    try {
      const copy = join(folder, 'register.js')
      cpSync(preload, copy)
      const { spans, stderr, stdout } = await trace(selfRequest, { nodeArgs: ['-r', preload, '-r', copy] })
      assert.equal(stdout, 'done\n')
      assert.equal(
        stderr,
        `pretrace: not tracing: ${copy} is a second copy; ${preload} was loaded before it and stays in charge\n`,
      )
      assert.equal(spans.length, 2)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  for (const version of ['18.18.2', '16.20.0', '0.10.48']) {
    it(`leaves Node ${version} alone and says why`, async () => {
      const fake = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('${preload}'); `
      const { stdout, stderr, code } = await runNode(['-e', fake + sourceOf(selfRequest)])
      assert.equal(stdout, 'done\n')
      assert.equal(code, 0)
      assert.equal(
        stderr,
        `pretrace: not tracing: Node ${version} is older than 18.19, the oldest that pretrace supports\n`,
      )
    })
  }

  it('lets the application run, and says why, when it cannot start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pretrace-broken-'))
    try {
      cpSync(preload, join(folder, 'register.js'))
      const compiled = join(folder, 'dist', 'src')
      cpSync(join(root, 'dist', 'src', 'version.js'), join(compiled, 'version.js'))
      writeFileSync(join(compiled, 'preload.js'), 'throw new Error("disk full\\nand more")')
      const { stdout, stderr, code } = await runNode(['-r', join(folder, 'register.js'), '-e', sourceOf(selfRequest)])
      assert.deepEqual(
        { stdout, stderr, code },
        { stdout: 'done\n', stderr: 'pretrace: not tracing: disk full\n', code: 0 },
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('works through NODE_OPTIONS too', async () => {
    const { spans, stderr } = await trace(selfRequest, {
      nodeArgs: [],
      env: { NODE_OPTIONS: `--require "${preload}"` },
    })
    assert.equal(stderr, '')
    assert.equal(spans.length, 2)
  })
})
