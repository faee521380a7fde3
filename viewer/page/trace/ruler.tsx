/**
 * The scale above the bars.
 */
import type { JSX } from 'preact'
import { ticks } from '../../model/ticks.js'
import { milliseconds } from '../../model/time.js'
import { set } from '../state/address.js'
import { percent, type Range } from './range.js'

const MOST_TICKS = 6

export function Ruler({ range, duration }: { readonly range: Range; readonly duration: number }): JSX.Element {
  const isZoomed = range.from > 0 || range.to < duration
  return (
    <div class="ruler">
      <div class="ruler-name">
        Span
        {isZoomed && (
          <button type="button" class="link" title="Whole trace (0)" onClick={() => set({ zoom: undefined })}>
            Reset zoom
          </button>
        )}
      </div>
      <div class="ruler-scale" aria-hidden="true">
        {ticks(range.from, range.to, MOST_TICKS).map((time) => (
          <span key={time} style={{ left: `${percent(range, time)}%` }}>
            {time === 0 ? '0' : milliseconds(time)}
          </span>
        ))}
      </div>
    </div>
  )
}
