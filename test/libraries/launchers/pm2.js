'use strict'
// Starts a program as PM2 does.
const { pathToFileURL } = require('node:url')

const script = process.env.pm_exec_path
process.argv[1] = script
if (script.endsWith('.mjs')) import(pathToFileURL(script))
else require('node:module')._load(script, null, true)
