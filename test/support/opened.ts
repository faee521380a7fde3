/**
 * A file as the viewer opens it.
 */
import assert from 'node:assert/strict'
import type { Trace } from '../../viewer/model/trace.js'
import { Collection } from '../../viewer/server/collection.js'

const ROOM = 64 * 1024 * 1024

/** The one trace of a file. */
export function parseFile(text: string): Trace {
  const collection = new Collection(ROOM, 'test', undefined)
  const { traceIds } = collection.open(text)
  assert.equal(traceIds.length, 1)
  const answer = collection.trace(traceIds[0] as string)
  assert.ok(answer)
  // As it gets to the page.
  return JSON.parse(JSON.stringify(answer.trace)) as Trace
}
