/**
 * All of the trace in little. Dragging looks at a part of it; what is looked at can be dragged along.
 */
import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useDrawing, type Size } from '../parts/canvas.js'
import { colourOf } from '../parts/service.js'
import { set } from '../state/address.js'
import { isDark } from '../state/theme.js'
import type { Look } from './look.js'
import { setRange, type Range } from './range.js'

const ERROR = { light: '#d6336c', dark: '#ff7b72' } as const
const THINNEST = 1
const THICKEST = 4
/** A drag that is shorter is a click, in pixels. */
const STILL = 3

interface Grip {
  /** Where it began, in ms; the range that is dragged along, unless a new one is drawn. */
  readonly at: number
  readonly along: Range | undefined
}

export function Minimap({ look }: { readonly look: Look }): JSX.Element {
  const { tree, range } = look
  const { duration } = tree
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useDrawing((context, size) => drawSpans(context, size, look), [tree, isDark.value])
  const [grip, setGrip] = useState<Grip | undefined>(undefined)
  const isZoomed = range.from > 0 || range.to < duration
  const timeOf = ({ clientX }: PointerEvent): number => {
    const { left = 0, width = 1 } = frame.current?.getBoundingClientRect() ?? {}
    return Math.max(0, Math.min(duration, ((clientX - left) / width) * duration))
  }
  const onDown = (event: PointerEvent): void => {
    const at = timeOf(event)
    const along = isZoomed && at >= range.from && at <= range.to ? range : undefined
    frame.current?.setPointerCapture(event.pointerId)
    setGrip({ at, along })
    event.preventDefault()
  }
  const onMove = (event: PointerEvent): void => {
    if (grip === undefined) return
    const to = timeOf(event)
    const { at, along } = grip
    if (along !== undefined) setRange({ from: along.from + to - at, to: along.to + to - at }, duration)
    else if (Math.abs(to - at) > (STILL * duration) / (frame.current?.clientWidth ?? 1)) {
      setRange({ from: Math.min(at, to), to: Math.max(at, to) }, duration)
    }
  }
  const share = (time: number): number => (duration > 0 ? (time / duration) * 100 : 0)
  return (
    <div
      class="minimap"
      ref={frame}
      title="Drag to zoom, double click for the whole trace"
      aria-hidden="true"
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={() => setGrip(undefined)}
      onPointerCancel={() => setGrip(undefined)}
      onDblClick={() => set({ zoom: undefined })}
    >
      <canvas ref={canvas} />
      {isZoomed && (
        <>
          <i class="shade" style={{ left: 0, width: `${share(range.from)}%` }} />
          <i class="shade" style={{ left: `${share(range.to)}%`, right: 0 }} />
          <i class="lens" style={{ left: `${share(range.from)}%`, width: `${share(range.to - range.from)}%` }} />
        </>
      )}
    </div>
  )
}

function drawSpans(context: CanvasRenderingContext2D, { width, height }: Size, { tree }: Look): void {
  const { nodes, duration } = tree
  const row = Math.min(THICKEST + 1, height / Math.max(1, nodes.length))
  const thickness = Math.max(THINNEST, Math.min(THICKEST, row - 1))
  context.clearRect(0, 0, width, height)
  nodes.forEach(({ start, end, service, span }, index) => {
    const left = duration > 0 ? (start / duration) * width : 0
    const length = duration > 0 ? ((end - start) / duration) * width : width
    context.fillStyle = span.failed ? ERROR[isDark.value ? 'dark' : 'light'] : colourOf(service, isDark.value, 0.9)
    context.fillRect(left, 2 + index * Math.min(row, (height - 4) / nodes.length), Math.max(1.5, length), thickness)
  })
}
