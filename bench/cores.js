'use strict'

// The service under test has a core of its own, and whatever feeds it has the others: else V8's helper threads and a
// client that never sleeps push each other about, in each process in another way. Only where there is `taskset`, and more
// than one core.

const { execFileSync } = require('node:child_process')

const ALL = usable()
const OWN = ALL.at(-1)
const isPinning = ALL.length > 1

/** The cores that this process may run on; none where nobody can tell. */
function usable() {
  try {
    const said = execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' })
    return said.split(':').pop().trim().split(',').flatMap(range)
  } catch {
    return []
  }
}

/** `3` or `0-3`. */
function range(text) {
  const [first, last = first] = text.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** The command that runs a program on the service's core. */
function onOwnCore(program) {
  return isPinning ? ['taskset', '-c', String(OWN), program] : [program]
}

/** This process, and with it the servers, the sinks and the clients that it starts from now on. */
const leaveOwnCore = () => runOn(ALL.slice(0, -1))
const useAllCores = () => runOn(ALL)

function runOn(cores) {
  if (isPinning) execFileSync('taskset', ['-acp', cores.join(','), String(process.pid)], { stdio: 'ignore' })
}

module.exports = { isPinning, onOwnCore, leaveOwnCore, useAllCores }
