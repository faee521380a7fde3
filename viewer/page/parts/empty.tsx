/**
 * Nothing to show, and what to do about it.
 */
import type { ComponentChildren, JSX } from 'preact'
import { Icon, type IconName } from './icons.js'

interface Props {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
}

export function Empty({ icon, title, children }: Props): JSX.Element {
  return (
    <div class="empty" role="status">
      <span class="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

export function Problem({ error }: { readonly error: string }): JSX.Element {
  return (
    <Empty icon="error" title="This could not be loaded">
      <p>{error}</p>
    </Empty>
  )
}

/** Only what takes long is worth a word: the stylesheet shows it late. */
export function Loading(): JSX.Element {
  return (
    <div class="loading" role="status">
      Loading…
    </div>
  )
}
