'use strict'
/** Pieces of generated Markdown. */

const code = (text) => `\`${text}\``

function table(header, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

module.exports = { code, table }
