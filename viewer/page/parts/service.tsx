/**
 * A service, known by its colour.
 */
import type { JSX } from 'preact'
import { toneOf } from '../../model/colour.js'
import { oneLine } from './text.js'

/** Custom properties for `style`. */
export type Toned = Readonly<Record<'--hue' | '--soft', number>>

/** For `style`: the stylesheet makes a colour of it that suits the theme. */
export function toned(service: string): Toned {
  const { hue, shade } = toneOf(service)
  return { '--hue': hue, '--soft': shade }
}

/** The same colour where a stylesheet does not reach: on a canvas. */
export function colourOf(service: string, isDark: boolean, alpha = 1): string {
  const { hue, shade } = toneOf(service)
  const [lightness, chroma] = isDark ? [0.74, 0.13] : [0.6, 0.15]
  return `oklch(${lightness} ${chroma - shade * 0.05} ${hue} / ${alpha})`
}

export function Dot({ service }: { readonly service: string }): JSX.Element {
  return <i class="dot" style={toned(service)} aria-hidden="true" />
}

export function Service({ name, count }: { readonly name: string; readonly count?: number }): JSX.Element {
  return (
    <span class="service" title={oneLine(name)}>
      <Dot service={name} />
      <span class="service-name">{oneLine(name)}</span>
      {count !== undefined && <span class="service-count">{count}</span>}
    </span>
  )
}
