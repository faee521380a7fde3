'use strict'
const http = require('node:http')

process.on('uncaughtExceptionMonitor', (error) => console.log('monitor', error.code, error.syscall, Object.keys(error)))
const req = http.get({ socketPath: '/nonexistent/socket', path: '/' })
req.on('close', () => console.log('never'))
