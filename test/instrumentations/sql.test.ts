import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { array, assert as assertProperty, constantFrom, oneof, property, string } from 'fast-check'
import { readStatement } from '../../instrumentations/sql.js'

const SANITISED: readonly (readonly [what: string, text: string, expected: string])[] = [
  ['a string', "SELECT 'a'", 'SELECT ?'],
  ['an empty string', "SELECT ''", 'SELECT ?'],
  ['a doubled quote', "SELECT 'it''s', b", 'SELECT ?, b'],
  ['a backslash in a plain string', "SELECT 'a\\', b", 'SELECT ?, b'],
  ['an escape string', "SELECT E'a\\'b', c", 'SELECT ?, c'],
  ['a lower-case escape string', "SELECT e'\\\\', c", 'SELECT ?, c'],
  ['an escape string with doubled quotes', "SELECT E'a''b', c", 'SELECT ?, c'],
  ['an escape string over two lines', "SELECT E'a'\n'b\\'c', d", 'SELECT ?, d'],
  ['a string that goes on after a comment', "SELECT E'a'\n--\n'b\\'c', d", 'SELECT ?, d'],
  ['two strings in one line', "SELECT 'a' 'b'", 'SELECT ? ?'],
  ['a word that ends in e before a string', "SELECT date'2020-01-01', b", 'SELECT date?, b'],
  ['a unicode string', "SELECT U&'d\\0061t' UESCAPE '!'", 'SELECT ? UESCAPE ?'],
  ['a unicode identifier', 'SELECT U&"d\\0061t" FROM t', 'SELECT U&"d\\0061t" FROM t'],
  ['a column u and an operator', 'SELECT u & 1', 'SELECT u & ?'],
  ['a bit string', "SELECT B'0101'", 'SELECT ?'],
  ['a hex string', "SELECT x'1F'", 'SELECT ?'],
  ['a national string', "SELECT N'a'", 'SELECT ?'],
  ['dollar quotes', 'SELECT $$a $1 b$$, c', 'SELECT ?, c'],
  ['tagged dollar quotes', 'SELECT $tag$a $$ b $other$ c$tag$, d', 'SELECT ?, d'],
  ['dollar quotes after a parameter', 'SELECT $1$a$b$a$', 'SELECT $1?'],
  ['dollars in an identifier', 'SELECT a$b$c FROM t$1', 'SELECT a$b$c FROM t$1'],
  ['a parameter', 'SELECT $1, $23::int', 'SELECT $1, $23::int'],
  ['a lonely dollar', 'SELECT $ 1', 'SELECT $ ?'],
  ['a quoted identifier', 'SELECT "a 1 \'x\' b" FROM "t"', 'SELECT "a 1 \'x\' b" FROM "t"'],
  ['a doubled quote in an identifier', `SELECT "a""'b", 'c'`, `SELECT "a""'b", ?`],
  ['a line comment', "SELECT 1 -- it's\nFROM t", 'SELECT ? \nFROM t'],
  ['a line comment at the end', "SELECT a -- it's", 'SELECT a'],
  ['a block comment', "SELECT/* it's */a", 'SELECT a'],
  ['a nested comment', "SELECT a /* b /* ' */ c */ , d", 'SELECT a  , d'],
  ['an annotation', "SELECT a /*traceparent='00-1-2-01'*/", 'SELECT a'],
  ['an integer', 'SELECT 42', 'SELECT ?'],
  ['a fraction', 'SELECT 4.2, .5, 5.', 'SELECT ?, ?, ?'],
  ['an exponent', 'SELECT 1e-5, 1E+5, 1.5e3', 'SELECT ?, ?, ?'],
  ['other bases', 'SELECT 0x1F, 0o17, 0b11', 'SELECT ?, ?, ?'],
  ['digits in groups', 'SELECT 1_000_000', 'SELECT ?'],
  ['a negative number', 'SELECT -1, (-2), a = -3, - 4, -.5', 'SELECT ?, (?), a = ?, - ?, ?'],
  ['a subtraction', 'SELECT a-1, b - 1, (c)-1, $1-1', 'SELECT a-?, b - ?, (c)-?, $1-?'],
  ['digits in an identifier', 'SELECT t1.c2, _3 FROM t1', 'SELECT t1.c2, _3 FROM t1'],
  ['a slice', 'SELECT a[1:-2]', 'SELECT a[?:?]'],
  ['a range of numbers', 'FOR i IN 1..10', 'FOR i IN ?..?'],
  ['truth', 'SELECT TRUE, false, truest', 'SELECT ?, ?, truest'],
  ['null', 'SELECT NULL', 'SELECT NULL'],
  ['operators of jsonb', "SELECT a ? 'k', a ?| $1, a ?& b, a @> '{}'", 'SELECT a ? ?, a ?| $1, a ?& b, a @> ?'],
  ['casts', "SELECT '1'::int, $1::text[], 2::int4", 'SELECT ?::int, $1::text[], ?::int4'],
  ['an interval', "SELECT INTERVAL '1 day'", 'SELECT INTERVAL ?'],
  ['a list', "WHERE a IN ('b', 'c')", 'WHERE a IN (?, ?)'],
  ['several statements', "SELECT 'a'; SELECT 2", 'SELECT ?; SELECT ?'],
  ['letters beyond ASCII', "SELECT größe1, 'ß' FROM 表1", 'SELECT größe1, ? FROM 表1'],
  ['white space', '  SELECT\n\ta  ', 'SELECT\n\ta'],
  ['a string without an end', "SELECT 'a, b", 'SELECT ?'],
  ['a string that ends in a doubled quote', "SELECT 'a''", 'SELECT ?'],
  ['an escape string without an end', "SELECT E'a\\'", 'SELECT ?'],
  ['dollar quotes without an end', 'SELECT $a$ b $$', 'SELECT ?'],
  ['an identifier without an end', 'SELECT "a, b', 'SELECT ?'],
  ['a comment without an end', 'SELECT a /* b /* c */', 'SELECT a'],
  ['nothing', '', ''],
]

const SUMMARIES: readonly (readonly [text: string, expected: string | undefined])[] = [
  ['SELECT * FROM wuser_table WHERE username = ?', 'SELECT wuser_table'],
  ['INSERT INTO shipping_details (a) SELECT b FROM orders', 'INSERT shipping_details SELECT orders'],
  ['SELECT * FROM songs, artists WHERE a = b', 'SELECT songs artists'],
  ['SELECT * FROM (SELECT * FROM orders o JOIN customers c ON a = b) x', 'SELECT SELECT orders customers'],
  ['SELECT * FROM "song list"', 'SELECT "song list"'],
  ['CALL p(1)', 'CALL p'],
  ['select id from app . users u', 'select app.users'],
  ['SELECT "x" FROM "a"."b c" AS d, e', 'SELECT "a"."b c" e'],
  ["SELECT extract(year FROM at), trim(both 'x' FROM a), a IS DISTINCT FROM b FROM t", 'SELECT t'],
  ['SELECT a FROM t WHERE b IN (SELECT c FROM d) ORDER BY e, f', 'SELECT t SELECT d'],
  ['SELECT a FROM t UNION ALL SELECT b FROM u', 'SELECT t SELECT u'],
  ['(SELECT a FROM t)', 'SELECT t'],
  ['SELECT * FROM t LEFT JOIN u USING (id) CROSS JOIN LATERAL (SELECT 1) v FOR UPDATE OF t, u', 'SELECT t u SELECT'],
  ['SELECT * FROM generate_series(1, 2) AS g(a, b), t', 'SELECT generate_series t'],
  ['INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = 1', 'INSERT t'],
  ['UPDATE ONLY t AS u SET a = 1, b = 2 FROM v, w WHERE c', 'UPDATE t v w'],
  ['DELETE FROM t USING u WHERE a', 'DELETE t'],
  ['MERGE INTO t USING s ON a WHEN MATCHED THEN UPDATE SET b = c WHEN NOT MATCHED THEN DELETE', 'MERGE t'],
  [
    'WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO archive SELECT * FROM gone',
    'DELETE t INSERT archive SELECT gone',
  ],
  ['EXPLAIN (ANALYZE) SELECT * FROM t', 'EXPLAIN SELECT t'],
  ['CREATE TABLE IF NOT EXISTS t (a int DEFAULT 1)', 'CREATE TABLE t'],
  ['CREATE OR REPLACE TEMP VIEW v AS SELECT a FROM t', 'CREATE VIEW v SELECT t'],
  ['CREATE UNIQUE INDEX CONCURRENTLY ON t (a)', 'CREATE INDEX t'],
  ['DROP TABLE IF EXISTS t', 'DROP TABLE t'],
  ['TRUNCATE TABLE a, b', 'TRUNCATE a b'],
  ['COPY t (a) FROM STDIN', 'COPY t'],
  ['COPY (SELECT a FROM t) TO STDOUT', 'COPY SELECT t'],
  ['GRANT SELECT, INSERT ON t TO u', 'GRANT'],
  ['BEGIN', 'BEGIN'],
  ['SAVEPOINT sp_4711', 'SAVEPOINT'],
  ['SELECT 1', 'SELECT'],
  ['SELECT 1;', 'SELECT'],
  ['INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)', 'BATCH INSERT t'],
  ['BEGIN; INSERT INTO t VALUES (1); COMMIT', 'BATCH'],
  ['hello world', undefined],
  ["'SELECT' 1", undefined],
  ['-- nothing', undefined],
  ['', undefined],
]

const SECRET = 'Xs3cr3tX'

/** Every way to write the secret into a statement. */
const planted = constantFrom(
  `'${SECRET}'`,
  `'it''s ${SECRET}'`,
  `'a\\' || '${SECRET}'`,
  `E'\\'${SECRET}\\\\'`,
  `e'a'\n'\\'${SECRET}'`,
  `U&'${SECRET}'`,
  `N'${SECRET}'`,
  `x'${SECRET}'`,
  `$$${SECRET}$$`,
  `$a$ $b$ ${SECRET} $b$ $a$`,
  `/* ' /* ${SECRET} */ " */`,
  `-- '${SECRET}\n`,
  `-- $$ ${SECRET}\r`,
)
const harmless = constantFrom(
  'SELECT',
  'a',
  't1.c2',
  '"q ""u"',
  '$1',
  '1e-5',
  '-7',
  '.5',
  ', ',
  '(',
  ')',
  '::int',
  '?|',
  'a$b$',
  '- -',
  ';',
  '\n',
  'ü',
)

describe('sanitised SQL', () => {
  for (const [what, text, expected] of SANITISED) {
    it(`reads ${what}`, () => assert.equal(readStatement(text).sanitised, expected))
  }

  it('never tells a literal, and stays what it is when sanitised again', () => {
    const pieces = array(oneof(planted, harmless), { minLength: 1, maxLength: 12 })
    assertProperty(
      property(pieces, (parts) => {
        const { sanitised } = readStatement(parts.join(' , '))
        assert.ok(!sanitised.includes(SECRET), sanitised)
        assert.equal(readStatement(sanitised).sanitised, sanitised)
      }),
      { numRuns: 2000 },
    )
  })

  it('takes any text, and stays what it is when sanitised again', () => {
    const anything = string({ unit: constantFrom(...'aeuE&_$\'"\\-/*.;:(),?|0x1 \n\r\u00e4\u00a0'.split('')) })
    assertProperty(
      property(oneof(anything, string({ unit: 'binary' })), (text) => {
        const { sanitised, summary } = readStatement(text)
        assert.equal(readStatement(sanitised).sanitised, sanitised)
        assert.ok((summary?.length ?? 0) <= 255)
      }),
      { numRuns: 5000 },
    )
  })

  it('leaves out what follows the first 16 KB, and halves no character', () => {
    const { sanitised } = readStatement(`SELECT a, ${'b'.repeat(16_384 - 11)}\u{1f600} 'secret'`)
    assert.equal(sanitised.length, 16_383)
    assert.ok(sanitised.endsWith('b'))
  })

  it('replaces a string that the cut has left without an end', () => {
    assert.equal(readStatement(`SELECT '${'secret'.repeat(5000)}'`).sanitised, 'SELECT ?')
  })
})

describe('the summary of SQL', () => {
  for (const [text, expected] of SUMMARIES) {
    it(`of ${text === '' ? 'nothing' : text} is ${expected}`, () => assert.equal(readStatement(text).summary, expected))
  }

  it('has at most 255 characters and is cut between names', () => {
    const { summary } = readStatement(`SELECT * FROM ${Array.from({ length: 50 }, (_, i) => `table_${i}`).join(', ')}`)
    assert.ok(summary !== undefined && summary.length <= 255)
    assert.match(summary, /table_\d+$/)
    assert.ok(summary.endsWith(' table_27'), summary)
  })
})
