/**
 * Tables that can be ordered by a click on a column's head; the order is in the address.
 */
import type { ComponentChildren, JSX } from 'preact'
import { param, set } from '../state/address.js'

export interface Column<Row> {
  readonly name: string
  readonly title: string
  readonly show: (row: Row) => ComponentChildren
  /** Numbers go from the largest, text from the first letter. Without it, the column orders nothing. */
  readonly by?: (row: Row) => number | string
  readonly isText?: boolean
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly onChoose?: (row: Row) => void
}

const MOST_ROWS = 500

export function Table<Row>({ label, columns, rows, keyOf, onChoose }: Props<Row>): JSX.Element {
  const name = param('by').replace(/^-/, '')
  const isReversed = param('by').startsWith('-')
  const chosen = columns.find((column) => column.name === name)
  const ordered = chosen?.by === undefined ? rows : [...rows].sort(order(chosen.by, isReversed))
  return (
    <table class="table" aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.name}
              scope="col"
              class={column.isText === true ? 'is-text' : ''}
              aria-sort={
                column === chosen ? (isReversed === (column.isText === true) ? 'descending' : 'ascending') : undefined
              }
            >
              {column.by === undefined ? (
                column.title
              ) : (
                <button
                  type="button"
                  onClick={() => set({ by: column === chosen && !isReversed ? `-${column.name}` : column.name })}
                >
                  {column.title}
                  <span aria-hidden="true">{column === chosen ? (isReversed ? ' ↑' : ' ↓') : ''}</span>
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ordered.slice(0, MOST_ROWS).map((row) => (
          <tr key={keyOf(row)} class={onChoose === undefined ? '' : 'is-link'} onClick={() => onChoose?.(row)}>
            {columns.map((column) => (
              <td key={column.name} class={column.isText === true ? 'is-text' : ''}>
                {column.show(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function order<Row>(by: (row: Row) => number | string, isReversed: boolean): (a: Row, b: Row) => number {
  const sign = isReversed ? -1 : 1
  return (a, b) => {
    const [first, second] = [by(a), by(b)]
    if (typeof first === 'number' && typeof second === 'number') return sign * (second - first)
    return sign * String(first).localeCompare(String(second))
  }
}
