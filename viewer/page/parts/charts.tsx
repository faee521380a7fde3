/**
 * Small charts that stand in a line of text or a table.
 */
import type { JSX } from 'preact'

const SPARK = { width: 120, height: 28 } as const

/** How much of a whole, from 0 to 1. */
export function Share({ of }: { readonly of: number }): JSX.Element {
  return (
    <i class="share" aria-hidden="true">
      <i style={{ transform: `scaleX(${Math.max(0, Math.min(1, of))})` }} />
    </i>
  )
}

export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly number[]
  readonly label: string
}): JSX.Element {
  const most = Math.max(1, ...values)
  const step = SPARK.width / Math.max(1, values.length - 1)
  const y = (value: number): number => SPARK.height - 2 - (value / most) * (SPARK.height - 4)
  const line = values.map((value, index) => `${(index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      width={SPARK.width}
      height={SPARK.height}
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
    >
      <polygon points={`0,${SPARK.height} ${line} ${SPARK.width},${SPARK.height}`} />
      <polyline points={line} />
    </svg>
  )
}

interface Bars {
  readonly counts: readonly number[]
  /** What a bar stands for. */
  readonly titleOf: (index: number) => string
  readonly label: string
}

export function Histogram({ counts, titleOf, label }: Bars): JSX.Element {
  const most = Math.max(1, ...counts)
  return (
    <span class="histogram" role="img" aria-label={label}>
      {counts.map((count, index) => (
        <i
          key={index}
          title={`${titleOf(index)}: ${count}`}
          class={count === 0 ? 'is-empty' : ''}
          style={{ height: `${count === 0 ? 4 : 12 + (count / most) * 88}%` }}
        />
      ))}
    </span>
  )
}
