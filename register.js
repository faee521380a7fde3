'use strict'
/*
 * The preload: `node -r pretrace/register app.js`.
 *
 * Any Node must be able to parse this file, so it keeps to the syntax of 2009. It decides whether tracing can start and
 * then loads the compiled code. Whatever goes wrong here or below, the application runs as if we were not there.
 */
;(function () {
  var env = process.env

  function say(why) {
    try {
      process.stderr.write('pretrace: not tracing: ' + why + '\n')
    } catch (ignored) {
      // Nowhere to say it.
    }
  }

  function isTrue(value) {
    return typeof value === 'string' && value.replace(/\s/g, '').toLowerCase() === 'true'
  }

  function isDisabled(env) {
    return isTrue(env.OTEL_SDK_DISABLED) || isTrue(env.JAEGER_DISABLED)
  }

  // What PM2's cluster mode has in store for the application counts more than what it runs with so far.
  if (env.pm2_env === undefined && isDisabled(env)) return

  var version = process.versions.node.split('.')
  var major = Number(version[0])
  if (major < 18 || (major === 18 && Number(version[1]) < 19)) {
    say('Node ' + process.versions.node + ' is older than 18.19, the oldest that pretrace supports')
    return
  }

  var here = __filename
  var mark = Symbol.for('pretrace.registered')
  var first = globalThis[mark]
  if (first !== undefined) {
    if (first !== here) say(here + ' is a second copy; ' + first + ' was loaded before it and stays in charge')
    return
  }
  Object.defineProperty(globalThis, mark, { value: here, configurable: true })

  try {
    if (env.pm2_env !== undefined) env = require('./dist/src/pm2.js').environmentIn(env)
    if (isDisabled(env)) return
    require('./dist/src/preload.js').register(env)
  } catch (error) {
    say(String((error && error.message) || error).split('\n')[0])
  }
})()
