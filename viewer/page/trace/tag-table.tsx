/**
 * Tags, in the order of their names.
 */
import type { JSX } from 'preact'
import { textOf } from '../../model/text.js'
import type { Tags, Value as TagValue } from '../../model/trace.js'
import { copy } from '../parts/hand-over.js'
import { Icon } from '../parts/icons.js'
import { oneLine, Value } from '../parts/text.js'
import { href } from '../state/address.js'

/** Longer values make no filter that anybody could read. */
const LONGEST_FILTER = 200

interface Props {
  readonly title: string
  readonly tags: Tags
  /** Whether traces can be filtered by them. */
  readonly isFilter?: boolean
  readonly isClosed?: boolean
}

export function TagTable({ title, tags, isFilter = false, isClosed = false }: Props): JSX.Element | null {
  const entries = Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return null
  return (
    <details class="part" open={!isClosed}>
      <summary>
        <Icon name="right" size={12} /> {title} <span class="muted">{entries.length}</span>
      </summary>
      <table class="tags">
        <tbody>
          {entries.map(([key, value]) => (
            <Tag key={key} name={key} value={value} isFilter={isFilter} />
          ))}
        </tbody>
      </table>
    </details>
  )
}

interface TagProps {
  readonly name: string
  readonly value: TagValue
  readonly isFilter: boolean
}

function Tag({ name, value, isFilter }: TagProps): JSX.Element {
  const text = textOf(value)
  return (
    <tr>
      <th scope="row">{oneLine(name, 120)}</th>
      <td class={typeof value === 'string' ? '' : 'is-literal'}>
        <Value text={text} />
        <span class="tag-actions">
          {isFilter && text.length <= LONGEST_FILTER && (
            <a
              class="icon-button"
              href={href(['traces'], { tag: [`${name}=${text}`] })}
              aria-label="Traces with this tag"
              title="Traces with this tag"
            >
              <Icon name="search" size={13} />
            </a>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label="Copy the value"
            title="Copy the value"
            onClick={() => void copy(text, 'the value')}
          >
            <Icon name="copy" size={13} />
          </button>
        </span>
      </td>
    </tr>
  )
}
