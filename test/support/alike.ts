/**
 * Applications that must not be able to tell whether they are traced.
 */
import assert from 'node:assert/strict'
import { runBare, trace, type App, type RunOptions, type Traced } from './run.js'

/** Runs an application that must end well and say nothing on stderr. Warnings of Node and of libraries do not count. */
export async function traced(app: App, options: RunOptions = {}): Promise<Traced> {
  const ran = await trace(app, { ...options, env: { NODE_NO_WARNINGS: '1', ...options.env } })
  assert.equal(ran.stderr, '')
  assert.equal(ran.code, 0)
  return ran
}

/** Runs an application with and without the preload. It prints what it sees, which must be the same. */
export async function tracedAlike(app: App, options: RunOptions = {}): Promise<Traced> {
  const bare = await runBare(app, { ...options, env: { NODE_NO_WARNINGS: '1', ...options.env } })
  const ran = await traced(app, options)
  assert.equal(ran.stdout, bare.stdout)
  assert.notEqual(ran.stdout, '')
  return ran
}
