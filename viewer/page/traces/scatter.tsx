/**
 * Every trace of the list as a point; dragging selects, and the list follows.
 */
import type { CSSProperties, JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import type { TraceSummary } from '../../model/api.js'
import { milliseconds } from '../../model/time.js'
import { useDrawing, useSize } from '../parts/canvas.js'
import { useKeys } from '../parts/keys.js'
import { oneLine } from '../parts/text.js'
import { go, set } from '../state/address.js'
import { isDark } from '../state/theme.js'
import { query, traces } from '../state/traces.js'
import { clockTime } from './clock.js'
import { draw } from './draw.js'
import { durationAt, planeOf, timeAt, xOf, yOf, type Plane } from './plane.js'

interface Point {
  readonly x: number
  readonly y: number
}
interface Drag {
  readonly from: Point
  readonly to: Point
}

/** A click is a drag that stayed within so many pixels. */
const STILL = 4
/** A point is meant by so many pixels around it. */
const NEAR = 12

export function Scatter(): JSX.Element {
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const shown = traces.value
  const plane = useMemo(() => planeOf(shown, size), [shown, size])
  const canvas = useDrawing((context) => draw(context, plane, shown, isDark.value), [plane, shown, isDark.value])
  const [drag, setDrag] = useState<Drag | undefined>(undefined)
  const [near, setNear] = useState<TraceSummary | undefined>(undefined)
  useKeys({ Escape: isSelected() ? clear : undefined })

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    const at = placeOf(event, frame.current)
    frame.current?.setPointerCapture(event.pointerId)
    setDrag({ from: at, to: at })
    event.preventDefault()
  }
  const onMove = (event: PointerEvent): void => {
    const at = placeOf(event, frame.current)
    if (drag === undefined) setNear(nearest(plane, shown, at))
    else setDrag({ from: drag.from, to: at })
  }
  const onUp = (): void => {
    if (drag === undefined) return
    setDrag(undefined)
    if (!isStill(drag)) select(plane, drag)
    else if (near !== undefined) go(['trace', near.id])
  }
  return (
    <div
      class={`scatter${near === undefined ? '' : ' is-near'}`}
      ref={frame}
      role="group"
      aria-label={`Durations of ${shown.length} traces by their time. Drag to select some of them.`}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={() => setDrag(undefined)}
      onPointerLeave={() => setNear(undefined)}
    >
      <canvas ref={canvas} />
      {drag !== undefined && !isStill(drag) && <i class="selection" style={boxOf(drag)} />}
      {drag === undefined && near !== undefined && <Tip plane={plane} trace={near} />}
      {isSelected() && (
        <button type="button" class="button reset" onPointerDown={(event) => event.stopPropagation()} onClick={clear}>
          Show all
        </button>
      )}
    </div>
  )
}

function isSelected(): boolean {
  return query.value.from !== undefined || query.value.to !== undefined
}

function clear(): void {
  set({ from: undefined, to: undefined, minDuration: undefined, maxDuration: undefined })
}

function placeOf({ clientX, clientY }: PointerEvent, frame: HTMLElement | null): Point {
  const { left = 0, top = 0 } = frame?.getBoundingClientRect() ?? {}
  return { x: clientX - left, y: clientY - top }
}

function isStill({ from, to }: Drag): boolean {
  return Math.abs(from.x - to.x) < STILL && Math.abs(from.y - to.y) < STILL
}

function boxOf({ from, to }: Drag): CSSProperties {
  return {
    left: `${Math.min(from.x, to.x)}px`,
    top: `${Math.min(from.y, to.y)}px`,
    width: `${Math.abs(from.x - to.x)}px`,
    height: `${Math.abs(from.y - to.y)}px`,
  }
}

function select(plane: Plane, { from, to }: Drag): void {
  const times = [timeAt(plane, from.x), timeAt(plane, to.x)].sort((a, b) => a - b)
  const durations = [durationAt(plane, from.y), durationAt(plane, to.y)].sort((a, b) => a - b)
  set({
    from: Math.floor(times[0] as number),
    to: Math.ceil(times[1] as number),
    minDuration: rounded(durations[0] as number),
    maxDuration: rounded(durations[1] as number),
  })
}

/** As exact as the pixel that was meant. */
function rounded(duration: number): number {
  return Number(duration.toPrecision(3))
}

function nearest(plane: Plane, traces: readonly TraceSummary[], { x, y }: Point): TraceSummary | undefined {
  let [found, least]: [TraceSummary | undefined, number] = [undefined, NEAR]
  for (const trace of traces) {
    const distance = Math.hypot(xOf(plane, trace.start) - x, yOf(plane, trace.duration) - y)
    if (distance < least) [found, least] = [trace, distance]
  }
  return found
}

function Tip({ plane, trace }: { readonly plane: Plane; readonly trace: TraceSummary }): JSX.Element {
  const [x, y] = [xOf(plane, trace.start), yOf(plane, trace.duration)]
  const isRight = x > plane.size.width / 2
  return (
    <div
      class={`tip${isRight ? ' is-left' : ''}`}
      style={
        isRight ? { right: `${plane.size.width - x + 12}px`, top: `${y}px` } : { left: `${x + 12}px`, top: `${y}px` }
      }
    >
      <b>{oneLine(trace.name, 80)}</b>
      <span>
        {milliseconds(trace.duration)} · {clockTime(trace.start)} · {oneLine(trace.service, 40)}
      </span>
    </div>
  )
}
