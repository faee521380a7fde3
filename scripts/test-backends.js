'use strict'
/**
 * `npm run test:backends`: what pretrace exports, against the real Zipkin, Jaeger and OpenTelemetry Collector.
 *
 * They are fetched and built with Java, Maven and Go, where the machine has them, and kept in node_modules/.cache.
 * TEST_ZIPKIN_JAR, TEST_JAEGER and TEST_COLLECTOR name files that are here already.
 *
 *   <words>           only the backends whose name holds one of them
 *   --allow-missing   does not fail because of backends that cannot be had here
 */
const { join } = require('node:path')
const { root, run, install, build } = require('./setup.js')

install()
build()
const main = [process.execPath, join(root, 'dist', 'test', 'backends', 'main.js'), ...process.argv.slice(2)]
run(process.execPath, [join(root, 'examples', 'servers', 'run.js'), '--', ...main])
