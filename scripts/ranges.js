'use strict'
/** The versions that instrumentations declare: what the loader goes by, the tests of versions and the documentation too. */
const semver = require('semver')

/** The range of versions of `module` that any of an instrumentation's patches supports. */
function rangeOf({ patches }, module) {
  const supported = patches.filter((patch) => patch.module === module && patch.versions !== undefined)
  return union(supported.map(({ versions }) => versions))
}

/** Ranges as few as can be: those of the form `>=a <b` that touch become one. */
function union(ranges) {
  const parts = ranges.flatMap((range) => range.split('||').map((part) => part.trim()))
  const spans = [...new Set(parts)].map((range) => /^>=(\S+) <(\S+)$/.exec(range))
  if (spans.includes(null)) return [...new Set(ranges)].join(' || ')
  const byFloor = spans.map(([, from, to]) => ({ from, to })).sort((a, b) => compare(a.from, b.from))
  const merged = []
  for (const { from, to } of byFloor) {
    const last = merged.at(-1)
    if (last === undefined || compare(from, last.to) > 0) merged.push({ from, to })
    else if (compare(to, last.to) > 0) last.to = to
  }
  return merged.map(({ from, to }) => `>=${from} <${to}`).join(' || ')
}

function compare(a, b) {
  return semver.compare(semver.coerce(a), semver.coerce(b))
}

module.exports = { rangeOf }
