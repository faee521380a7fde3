/**
 * What is odd about the trace.
 */
import type { JSX } from 'preact'
import type { Finding } from '../../model/findings.js'
import { Icon, type IconName } from '../parts/icons.js'
import { oneLine } from '../parts/text.js'
import { set } from '../state/address.js'
import type { Look } from './look.js'

const ICONS: Readonly<Record<Finding['kind'], IconName>> = {
  clock: 'clock',
  outlives: 'warning',
  orphan: 'link',
  roots: 'link',
  dropped: 'warning',
}

export function Notices({ look: { findings, selected } }: { readonly look: Look }): JSX.Element | null {
  if (findings.length === 0) return null
  return (
    <ul class="notices" aria-label="Findings">
      {findings.map((finding) => (
        <li key={finding.text} class={`notice is-${finding.kind}`}>
          <Icon name={ICONS[finding.kind]} size={14} />
          <span>{oneLine(finding.text)}</span>
          {finding.nodes.length > 0 && (
            <button type="button" class="link" onClick={() => showNext(finding, selected?.span.id)}>
              Show
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** One after the other, in turn. */
function showNext({ nodes }: Finding, current: string | undefined): void {
  const next = nodes[(nodes.findIndex(({ span }) => span.id === current) + 1) % nodes.length]
  set({ span: next?.span.id, view: undefined })
}
