'use strict'
/**
 * What is to be seen in the trace of a ride, and whether all of it has come.
 */
const SERVICES = ['frontend', 'customer', 'driver', 'route']
const DATABASES = ['pg', 'redis']

/** Whether a trace began with the order of a ride. */
function isRide(spans) {
  return spans.some(({ parentId, attributes }) => parentId === undefined && attributes['url.path'] === '/dispatch')
}

/**
 * Whether a trace hangs together: a span is sent when it is over, so one that is missing is missed by a child or, if it
 * is the callee's, by its caller.
 *
 * @returns what is wrong, nothing if it does
 */
function gapsIn(spans) {
  const ids = new Set(spans.map(({ id }) => id))
  const parents = new Set(spans.map(({ parentId }) => parentId))
  const orphans = spans.filter(({ parentId }) => parentId !== undefined && !ids.has(parentId))
  const roots = spans.filter(({ parentId }) => parentId === undefined)
  const unanswered = spans.filter(
    (span) => span.kind === 'client' && 'url.full' in span.attributes && !parents.has(span.id),
  )
  return [
    ...(roots.length === 1 ? [] : [`it has ${roots.length} roots`]),
    ...(orphans.length === 0 ? [] : [`${orphans.length} spans lack their parent`]),
    ...(unanswered.length === 0 ? [] : [`${unanswered.length} calls lack the span of the service that was called`]),
  ]
}

/** As {@link gapsIn}; beyond that, every service and both databases must have their part in a ride that succeeded. */
function missingIn(spans) {
  const services = SERVICES.filter((name) => !spans.some(({ service }) => service === name))
  const databases = DATABASES.filter((name) => !spans.some(({ component }) => component === name))
  return [...gapsIn(spans), ...[...services, ...databases].map((name) => `${name} is missing`)]
}

module.exports = { isRide, missingIn }
