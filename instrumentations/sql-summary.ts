/**
 * The summary of a statement by OpenTelemetry's rules (`db.query.summary`): operations and what they act on, in the order
 * of the text, such as `INSERT orders SELECT carts`. Fed with words by the lexer in sql.ts.
 */

/** Operations that hold others: `CREATE TABLE a AS SELECT …`. Elsewhere SELECT and its like may be mere words. */
const HOLDERS = words('SELECT INSERT UPDATE DELETE MERGE WITH EXPLAIN CREATE COPY DECLARE PREPARE')
const OTHERS = words(
  'ALTER DROP REFRESH TRUNCATE LOCK CALL EXECUTE BEGIN START COMMIT ROLLBACK END ABORT SAVEPOINT RELEASE SET RESET SHOW' +
    ' DISCARD LISTEN UNLISTEN NOTIFY ANALYZE VACUUM REINDEX CLUSTER CHECKPOINT GRANT REVOKE COMMENT DEALLOCATE FETCH' +
    ' MOVE CLOSE DO VALUES TABLE',
)
const WITH_TARGET = words('UPDATE COPY TRUNCATE LOCK CALL EXECUTE TABLE')
/** Followed by a kind of object and its name. */
const WITH_OBJECT = words('CREATE ALTER DROP REFRESH')
const BEFORE_KIND = words('OR REPLACE TEMP TEMPORARY GLOBAL LOCAL UNLOGGED UNIQUE RECURSIVE MATERIALIZED FOREIGN EVENT')
const BEFORE_TARGET = words('ONLY LATERAL TABLE IF NOT EXISTS CONCURRENTLY ROWS ON')
/** Where the list of tables is over. */
const AFTER_FROM = words(
  'WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH FOR WINDOW UNION INTERSECT EXCEPT SET RETURNING VALUES',
)
/** UPDATE, DELETE and INSERT are operations inside of others only here; they may be names of columns. */
const BEFORE_WRITE = new Set(['(', ')', 'EXPLAIN', 'ANALYZE', 'VERBOSE'])
const WRITES = words('INSERT UPDATE DELETE MERGE')

const LONGEST = 255

/** Of one level of parentheses. */
const HAS_FROM = 1
const IN_FROM = 2

export class Summary {
  /** Of the statement being read. */
  private current = ''
  private first: string | undefined
  private count = 0
  private isMixed = false

  private stage: 'start' | 'kind' | 'body' = 'start'
  private mayHold = false
  private level = 0
  private readonly outer: number[] = []
  private expectsTarget = false
  /** After a target a dot and another name may follow. */
  private naming: 'no' | 'named' | 'dotted' = 'no'
  /** The last word in upper case, or the last punctuation. */
  private previous = ''

  /** An unquoted word. */
  word(upper: string, word: string): void {
    const { previous } = this
    this.previous = upper
    if (this.naming === 'dotted') this.extend(word)
    else if (this.stage === 'start') this.begin(upper, word)
    else if (this.stage === 'kind') this.kind(upper, word)
    else if (this.mayHold && isOperation(upper, previous)) this.operate(upper, word)
    else if (this.expectsTarget) this.target(upper, word)
    else this.clause(upper, previous)
  }

  /** A quoted identifier. */
  quoted(quoted: string): void {
    const name = quoted.replaceAll(/\s+/g, ' ')
    this.previous = '"'
    if (this.naming === 'dotted') this.extend(name)
    else if (this.expectsTarget) this.target('"', name)
    else this.naming = 'no'
    if (this.stage === 'start') this.stage = 'body'
  }

  /** A character of anything else but literals. */
  punctuation(char: string): void {
    this.previous = char
    if (char === '.' && this.naming === 'named') {
      this.naming = 'dotted'
      return
    }
    this.naming = 'no'
    if (char === '(') this.open()
    else if (char === ')') this.close()
    else if (char === ',' && (this.level & IN_FROM) !== 0) this.expectsTarget = true
    else if (char === ';') this.endStatement()
  }

  /** The text is over. */
  end(): { summary: string | undefined; count: number } {
    this.endStatement()
    const { count, first, isMixed } = this
    return { count, summary: count < 2 ? first : isMixed || first === undefined ? 'BATCH' : batchOf(first) }
  }

  private begin(upper: string, word: string): void {
    this.stage = WITH_OBJECT.has(upper) ? 'kind' : 'body'
    this.mayHold = HOLDERS.has(upper)
    this.expectsTarget = WITH_TARGET.has(upper)
    this.level = upper === 'TRUNCATE' || upper === 'LOCK' ? IN_FROM : HAS_FROM
    if (upper === 'COPY') this.level = 0
    if (upper !== 'WITH' && (HOLDERS.has(upper) || OTHERS.has(upper))) this.add(word)
  }

  private kind(upper: string, word: string): void {
    if (BEFORE_KIND.has(upper)) return
    this.add(word)
    this.stage = 'body'
    this.expectsTarget = true
  }

  private operate(upper: string, word: string): void {
    this.naming = 'no'
    this.add(word)
    this.level = HAS_FROM
    this.expectsTarget = upper === 'UPDATE'
  }

  private target(upper: string, word: string): void {
    if (BEFORE_TARGET.has(upper)) return
    this.add(word)
    this.expectsTarget = false
    this.naming = 'named'
  }

  private clause(upper: string, previous: string): void {
    this.naming = 'no'
    if (upper === 'FROM') {
      // In `extract(year FROM …)` and `IS DISTINCT FROM` it is another word.
      if ((this.level & HAS_FROM) === 0 || previous === 'DISTINCT') return
      this.level |= IN_FROM
      this.expectsTarget = true
    } else if (upper === 'INTO' || (upper === 'JOIN' && (this.level & IN_FROM) !== 0)) this.expectsTarget = true
    else if (AFTER_FROM.has(upper)) this.level &= ~IN_FROM
  }

  private open(): void {
    this.outer.push(this.level)
    this.level = this.expectsTarget ? IN_FROM : 0
  }

  private close(): void {
    this.level = this.outer.pop() ?? this.level
    this.expectsTarget = false
  }

  private endStatement(): void {
    const { current } = this
    const isEmpty = this.stage === 'start'
    this.stage = 'start'
    this.level = 0
    this.outer.length = 0
    this.expectsTarget = false
    this.current = ''
    if (isEmpty) return
    this.count++
    const summary = current === '' ? undefined : current
    if (this.count === 1) this.first = summary
    else if (summary !== this.first) this.isMixed = true
  }

  private add(part: string): void {
    if (this.current === '') this.current = part.slice(0, LONGEST)
    else if (this.current.length + 1 + part.length <= LONGEST) this.current += ` ${part}`
  }

  private extend(name: string): void {
    this.naming = 'named'
    if (this.current.length + 1 + name.length <= LONGEST) this.current += `.${name}`
  }
}

function isOperation(upper: string, previous: string): boolean {
  if (upper === 'SELECT') return previous !== 'FOR'
  return WRITES.has(upper) && BEFORE_WRITE.has(previous)
}

function batchOf(summary: string): string {
  return summary.length + 6 > LONGEST ? 'BATCH' : `BATCH ${summary}`
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}
