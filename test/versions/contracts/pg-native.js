'use strict'
/** pg over libpq: as pg's own contract, by the class that `pg.native` gives. */
const pg = require('./pg.js')

exports.start = (library) => {
  const { native } = library.whole
  return pg.start({ whole: native, get: (name) => native[name] })
}
exports.expected = pg.expected
