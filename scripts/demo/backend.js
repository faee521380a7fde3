'use strict'
/**
 * The viewer as the demo's backend: it takes the spans, shows them on its page, and is asked for whole traces.
 */
const { root } = require('../setup.js')

/**
 * @typedef {object} Span
 * @property {string} id
 * @property {string | undefined} parentId
 * @property {string} service
 * @property {string} name
 * @property {string | undefined} kind
 * @property {string} component the instrumentation that made it
 * @property {Record<string, unknown>} attributes
 * @property {boolean} failed
 * @property {number} start epoch milliseconds
 * @property {number} end
 */

/**
 * Not at the top: on a fresh clone the demo compiles all of it first.
 *
 * @param {string | undefined} port of the viewer; its usual one, or any that is free, where that is left out
 */
async function startBackend(port) {
  const { startAnywhere } = require(`${root}/dist/src/cli/host.js`)
  const { portOf } = require(`${root}/dist/src/cli/numbers.js`)
  const { Follower, traceAt } = require(`${root}/dist/src/cli/follow.js`)
  const viewer = await startAnywhere({ port: portOf(port) })
  const ask = async (path) => (await fetch(new URL(path, viewer.url))).json()
  return {
    url: viewer.url,
    stop: () => viewer.close(),
    /** The traces with a request to order a ride, as far as they have come. */
    async rides() {
      const { traces } = await ask('/api/traces?service=frontend&tag=url.path%3D%2Fdispatch')
      const found = await Promise.all(traces.map(({ id }) => traceAt(viewer.url, id)))
      return found.filter((trace) => trace !== undefined)
    },
    /** Has `onTrace` called with each trace from now on, when it has come to rest. */
    follow(onTrace) {
      const follower = new Follower({
        url: viewer.url,
        onConnection: () => {},
        async onTrace({ id }) {
          const trace = await traceAt(viewer.url, id)
          if (trace !== undefined) onTrace(trace)
        },
      })
      void follower.run()
      return () => follower.stop()
    },
  }
}

/** @returns {Span[]} */
function spansOf({ spans, processes }) {
  return spans.map(({ id, parentId, process, name, kind, scope = '', tags, failed, start, duration }) => ({
    id,
    parentId,
    service: processes[process].service,
    name,
    kind: kind === 'internal' ? undefined : kind,
    component: scope.replace(/^pretrace\/?/, ''),
    attributes: tags,
    failed,
    start,
    end: start + duration,
  }))
}

function linesOf(trace) {
  const { treeOf } = require(`${root}/dist/src/cli/trace-lines.js`)
  const { lookOfStdout } = require(`${root}/dist/src/export/stdout.js`)
  return treeOf(trace, lookOfStdout(process.env))
}

module.exports = { startBackend, spansOf, linesOf }
