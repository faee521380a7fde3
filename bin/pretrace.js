#!/usr/bin/env node
'use strict'
/*
 * The command `pretrace`. Any Node must be able to parse this file: it says itself when a Node is too old for the rest.
 */
;(function () {
  var fs = require('fs')
  var path = require('path')
  var main = path.join(__dirname, '..', 'dist', 'src', 'cli', 'main.js')
  var demo = path.join(__dirname, '..', 'scripts', 'demo.js')

  var version = process.versions.node.split('.')
  var major = Number(version[0])
  if (major < 18 || (major === 18 && Number(version[1]) < 19)) {
    console.error('pretrace: Node ' + process.versions.node + ' is older than 18.19, the oldest that pretrace supports')
    process.exitCode = 1
    return
  }
  if (fs.existsSync(main)) {
    require(main).main(process.argv.slice(2))
    return
  }
  // A clone that has not been built. The demo builds it.
  if (process.argv[2] === 'demo' && fs.existsSync(demo)) {
    process.argv.splice(2, 1)
    require(demo)
    return
  }
  console.error('pretrace: not built yet: run `npm ci && npm run build` in ' + path.dirname(__dirname))
  process.exitCode = 1
})()
