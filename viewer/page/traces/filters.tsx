/**
 * What of the traces is shown.
 */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { Icon } from '../parts/icons.js'
import { useKeys } from '../parts/keys.js'
import { oneLine } from '../parts/text.js'
import { href, param, set } from '../state/address.js'
import { useAnswer } from '../state/load.js'
import { ask } from '../state/ask.js'
import { isFiltered, query } from '../state/traces.js'
import { milliseconds } from '../../model/time.js'
import { clockTime } from './clock.js'

/** A list of services changes seldom, in ms. */
const PAUSE = 5000

export function Filters(): JSX.Element {
  const search = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => search.current?.focus() })
  const { answer } = useAnswer('services', ask.services, { renewedBy: () => true, pause: PAUSE })
  const services = answer?.services ?? []
  const operations = services
    .filter(({ name }) => param('service') === '' || name === param('service'))
    .flatMap(({ operations }) => operations)
  return (
    <form class="filters" role="search" aria-label="Filter traces" onSubmit={(event) => event.preventDefault()}>
      <div class="field search">
        <Icon name="search" />
        <Typed name="text" label="Search" hint="Search names, tags, errors" type="search" field={search} />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <select
        aria-label="Service"
        value={param('service')}
        class={param('service') === '' ? 'is-unset' : ''}
        onChange={({ currentTarget }) => set({ service: currentTarget.value, operation: undefined })}
      >
        <option value="">All services</option>
        {withChosen(
          services.map(({ name }) => name),
          param('service'),
        ).map((name) => (
          <option key={name} value={name}>
            {oneLine(name, 60)}
          </option>
        ))}
      </select>
      <div class="field">
        <Typed name="operation" label="Operation" hint="Operation" list="operations" />
        <datalist id="operations">
          {[...new Set(operations)].sort().map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
      <Status />
      <div class="field pair" role="group" aria-label="Duration in milliseconds">
        <Typed name="minDuration" label="At least, in milliseconds" hint="min" type="number" />
        <span aria-hidden="true">–</span>
        <Typed name="maxDuration" label="At most, in milliseconds" hint="max" type="number" />
        <span class="unit" aria-hidden="true">
          ms
        </span>
      </div>
      <AddTag />
      <Chips />
    </form>
  )
}

/** The one that was chosen stays in the list, though it may be forgotten or not be known yet. */
function withChosen(names: readonly string[], chosen: string): string[] {
  return [...new Set(chosen === '' ? names : [...names, chosen])]
}

interface TypedProps {
  readonly name: string
  readonly label: string
  readonly hint: string
  readonly type?: 'text' | 'search' | 'number'
  readonly list?: string
  readonly field?: { current: HTMLInputElement | null }
}

/** A field whose text is a parameter of the address. */
function Typed({ name, label, hint, type = 'text', list, field }: TypedProps): JSX.Element {
  return (
    <input
      ref={field ?? null}
      type={type}
      list={list}
      aria-label={label}
      placeholder={hint}
      value={param(name)}
      min={type === 'number' ? 0 : undefined}
      step={type === 'number' ? 'any' : undefined}
      autocomplete="off"
      spellcheck={false}
      onInput={({ currentTarget }) => set({ [name]: currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.currentTarget.blur()
      }}
    />
  )
}

const STATUSES = [
  ['', 'All'],
  ['ok', 'OK'],
  ['error', 'Failed'],
] as const

function Status(): JSX.Element {
  return (
    <div class="segments" role="radiogroup" aria-label="Status">
      {STATUSES.map(([value, label]) => (
        <label key={value} class={param('status') === value ? 'is-on' : ''}>
          <input
            type="radio"
            name="status"
            value={value}
            checked={param('status') === value}
            onChange={() => set({ status: value })}
          />
          {label}
        </label>
      ))}
    </div>
  )
}

function AddTag(): JSX.Element {
  const text = useSignal('')
  const add = (): void => {
    if (text.value.trim() !== '') set({ tag: [...new Set([...(query.value.tag ?? []), text.value.trim()])] })
    text.value = ''
  }
  return (
    <div class="field">
      <input
        type="text"
        aria-label="Tag"
        placeholder="tag=value ⏎"
        value={text.value}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        onBlur={add}
        onKeyDown={(event) => event.key === 'Enter' && (event.preventDefault(), add())}
      />
    </div>
  )
}

function Chips(): JSX.Element | null {
  const { tag = [], from, to, minDuration, maxDuration } = query.value
  if (!isFiltered.value) return null
  const isSelected = from !== undefined || to !== undefined
  return (
    <div class="chips">
      {tag.map((one) => (
        <Chip key={one} label={`tag ${one}`} onRemove={() => set({ tag: tag.filter((other) => other !== one) })}>
          {oneLine(one, 60)}
        </Chip>
      ))}
      {isSelected && (
        <Chip label="time" onRemove={() => set({ from: undefined, to: undefined })}>
          {from === undefined ? '…' : clockTime(from)} – {to === undefined ? '…' : clockTime(to)}
        </Chip>
      )}
      {isSelected && (minDuration !== undefined || maxDuration !== undefined) && (
        <Chip label="duration" onRemove={() => set({ minDuration: undefined, maxDuration: undefined })}>
          {milliseconds(minDuration ?? 0)} – {maxDuration === undefined ? '…' : milliseconds(maxDuration)}
        </Chip>
      )}
      <a class="clear" href={href(['traces'])}>
        Clear all
      </a>
    </div>
  )
}

interface ChipProps {
  readonly label: string
  readonly onRemove: () => void
  readonly children: ComponentChildren
}

function Chip({ label, onRemove, children }: ChipProps): JSX.Element {
  return (
    <span class="chip">
      {children}
      <button type="button" aria-label={`Remove ${label}`} onClick={onRemove}>
        <Icon name="close" size={12} />
      </button>
    </span>
  )
}
