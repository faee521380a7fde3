/**
 * A trace as text: for a terminal, a bug report, an assistant.
 */
import { treeLines, type TreeSpan } from '../../src/export/tree.js'
import { criticalPath } from './critical-path.js'
import { factsOf } from './describe.js'
import { textOf } from './text.js'
import { findingsOf } from './findings.js'
import { statisticsOf } from './statistics.js'
import { milliseconds } from './time.js'
import type { SpanNode, Tree } from './tree.js'

/** Nobody reads more lines, and what they go into has limits. */
const MOST_LINES = 400
const MOST_DEPTH = 60
const MOST_FAILURES = 20
const MOST_OPERATIONS = 10
const LONGEST_VALUE = 1000

/** The tree as the console exporter prints it. */
export function traceAsText(tree: Tree): string {
  const shown = tree.nodes.filter(({ depth }) => depth < MOST_DEPTH).slice(0, MOST_LINES)
  const hidden = tree.nodes.length - shown.length
  const lines = treeLines(shown.map(treeSpanOf), { traceId: tree.trace.id }, { width: undefined, colour: false })
  return [...lines, ...(hidden === 0 ? [] : [`… and ${hidden} more spans`])].join('\n')
}

function treeSpanOf(node: SpanNode): TreeSpan {
  const { span, service, start, end } = node
  const { id, name, failed, error } = span
  const parentId = node.parent?.span.id
  return { id, parentId, service, name, details: factsOf(span), failed, error, start, end }
}

/** With what a reader who has nothing else needs: the findings, the failures with their tags, where the time went. */
export function traceAsMarkdown(tree: Tree): string {
  const [first] = tree.roots
  const title = first === undefined ? tree.trace.id : `${first.service}: ${first.span.name}`
  const failed = tree.nodes.filter(({ span }) => span.failed)
  return [
    `# Trace: ${inline(title)}`,
    facts(tree, failed.length),
    ...section(
      'Findings',
      findingsOf(tree)
        .map(({ text }) => `- ${inline(text)}`)
        .join('\n'),
    ),
    ...section('Spans', fenced(traceAsText(tree))),
    ...section('Failures', failed.slice(0, MOST_FAILURES).map(failureOf).join('\n\n')),
    ...section('Where the time went', timeTable(tree)),
  ].join('\n\n')
}

function facts({ trace, nodes, start, duration }: Tree, failures: number): string {
  return [
    `- id: \`${trace.id}\``,
    `- began: ${new Date(start).toISOString()}`,
    `- took: ${milliseconds(duration)}`,
    `- spans: ${nodes.length}, failed: ${failures}`,
    `- services: ${[...new Set(nodes.map(({ service }) => service))].map(inline).join(', ')}`,
  ].join('\n')
}

function section(title: string, body: string): string[] {
  return body === '' ? [] : [`## ${title}`, body]
}

function failureOf({ service, span, start }: SpanNode): string {
  const tags = Object.entries(span.tags).map(([key, value]) => `${key}: ${textOf(value)}`)
  const logs = span.logs.map(({ name, tags }) => `${name} ${JSON.stringify(tags)}`)
  const lines = [...(span.error === undefined ? [] : [span.error]), ...tags, ...logs]
  return `### ${inline(`${service}: ${span.name}`)} (at ${milliseconds(start)})\n\n${fenced(lines.map(short).join('\n'))}`
}

/** Both kinds of time tell where to look: what ran, and what was waited for. */
function timeTable(tree: Tree): string {
  const operations = statisticsOf(tree, criticalPath(tree)).slice(0, MOST_OPERATIONS)
  const rows = operations.map(({ service, name, count, selfTime, onPath }) =>
    [inline(`${service}: ${name}`), count, milliseconds(selfTime), milliseconds(onPath)].join(' | '),
  )
  return ['operation | spans | own time | on the critical path', '--- | --: | --: | --:', ...rows].join('\n')
}

function short(line: string): string {
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line
}

/** On one line, with nothing in it that Markdown would take for its own. */
function inline(text: string): string {
  return short(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>|#!]/g, (char) => `\\${char}`)
}

/** No text within can end the block: its fence is longer than any run of backticks in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}
