'use strict'

// docs/PERFORMANCE.md: each bench writes its own part, between its marks.

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const FILE = path.join(__dirname, '../docs/PERFORMANCE.md')

/** @param command the npm script whose part it is */
function writePart(command, text) {
  const start = `<!-- written by \`npm run ${command}\` -->`
  const end = `<!-- end of \`npm run ${command}\` -->`
  const page = fs.readFileSync(FILE, 'utf8')
  if (!page.includes(start)) throw new Error(`docs/PERFORMANCE.md has no ${start}`)
  const [before, after] = [page.slice(0, page.indexOf(start)), page.slice(page.indexOf(end))]
  fs.writeFileSync(FILE, `${before}${start}\n\n${text}\n${after}`)
}

/** @param node path of the Node that was measured */
function measuredOn(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const { length, 0: cpu } = os.cpus()
  const memory = Math.round(os.totalmem() / 2 ** 30)
  const day = new Date().toISOString().slice(0, 10)
  return `Measured on ${day}: Node ${version}, ${length} × ${cpu.model.trim()}, ${memory} GiB, ${os.type()} ${os.release()}.`
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`
  return line(head) + line(head.map((_, i) => (i === 0 ? '---' : '--:'))) + rows.map(line).join('')
}

module.exports = { writePart, measuredOn, table }
