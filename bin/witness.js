'use strict'
/*
 * Loaded by `pretrace doctor` into every Node process that it watches, before anything else. Any Node must be able to
 * parse this file: where it is too old for the rest, its version is what there is to tell.
 */
;(function () {
  var folder = process.env.PRETRACE_DOCTOR
  if (!folder) return
  try {
    var fs = require('fs')
    var path = require('path')
    var file = path.join(folder, process.pid + '.json')
    var report = { pid: process.pid, ppid: process.ppid, node: process.versions.node, startedAt: Date.now() }
    report.script = process.argv[1]
    report.cwd = process.cwd()
    report.preloads = []
    report.ports = []
    report.writtenAt = Date.now()
    if (!fs.existsSync(file)) fs.writeFileSync(file, JSON.stringify(report))
    require('../dist/src/doctor/witness.js').witness(folder)
  } catch (ignored) {
    // The application runs as if we were not there; what was written so far has to do.
  }
})()
