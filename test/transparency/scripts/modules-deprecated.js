// No spans: nothing is asked for but a builtin.
'use strict'
// A builtin that says that it is deprecated, of the application, and is silent for packages.
const error = JSON.stringify(Object.getOwnPropertyNames(Error))
process.on('warning', ({ name, code }) => console.log(name, code))
console.log(require('node:punycode').toASCII('mañana.com'), require('punycode') === require('node:punycode'))
console.log(JSON.stringify(Object.getOwnPropertyNames(Error)) === error, Error.stackTraceLimit)
