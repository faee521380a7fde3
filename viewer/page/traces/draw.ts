/**
 * The plot's drawing.
 */
import type { TraceSummary } from '../../model/api.js'
import { ticks } from '../../model/ticks.js'
import { milliseconds } from '../../model/time.js'
import { colourOf } from '../parts/service.js'
import { clockTime, fineTime } from './clock.js'
import { BOTTOM, LEFT, xOf, yOf, type Plane } from './plane.js'

/** Canvases know no stylesheet. */
const INKS = {
  light: { text: '#6a6d75', line: '#ebebe8', error: '#c92a2a', slow: '#b46a00' },
  dark: { text: '#949aa5', line: '#262a31', error: '#ff7b72', slow: '#e5a443' },
} as const
const PIXELS_A_TICK = 130
const RADIUS = 3.5
const CIRCLE = Math.PI * 2

export function draw(
  context: CanvasRenderingContext2D,
  plane: Plane,
  traces: readonly TraceSummary[],
  isDark: boolean,
): void {
  const inks = isDark ? INKS.dark : INKS.light
  const { width, height } = plane.size
  context.clearRect(0, 0, width, height)
  context.font = '11px "Inter Variable", system-ui, sans-serif'
  context.fillStyle = inks.text
  context.strokeStyle = inks.line
  drawDurations(context, plane)
  drawTimes(context, plane)
  // Failures last, so that nothing hides them.
  for (const trace of traces) if (!trace.failed) drawTrace(context, plane, trace, inks, isDark)
  for (const trace of traces) if (trace.failed) drawTrace(context, plane, trace, inks, isDark)
}

function drawDurations(context: CanvasRenderingContext2D, plane: Plane): void {
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  const every = plane.high - plane.low > 4 ? 2 : 1
  for (let power = plane.low; power <= plane.high; power += every) {
    const y = Math.round(yOf(plane, 10 ** power)) + 0.5
    line(context, LEFT, y, plane.size.width, y)
    context.fillText(milliseconds(10 ** power).replace(/\.0+(?= )/, ''), LEFT - 8, y)
  }
}

function drawTimes(context: CanvasRenderingContext2D, plane: Plane): void {
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  const bottom = plane.size.height - BOTTOM
  const marks = ticks(plane.from, plane.to, plane.size.width / PIXELS_A_TICK)
  const isFine = (marks[1] ?? Infinity) - (marks[0] ?? 0) < 1000
  for (const time of marks) {
    const x = Math.round(xOf(plane, time)) + 0.5
    if (x < LEFT + 20 || x > plane.size.width - 30) continue
    line(context, x, bottom, x, bottom + 4)
    context.fillText(isFine ? fineTime(time) : clockTime(time), x, plane.size.height - 5)
  }
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

function drawTrace(
  context: CanvasRenderingContext2D,
  plane: Plane,
  { start, duration, service, failed, slow }: TraceSummary,
  inks: (typeof INKS)['light' | 'dark'],
  isDark: boolean,
): void {
  const [x, y] = [xOf(plane, start), yOf(plane, duration)]
  context.beginPath()
  context.arc(x, y, failed ? RADIUS + 0.5 : RADIUS, 0, CIRCLE)
  context.fillStyle = failed ? inks.error : colourOf(service, isDark, 0.75)
  context.fill()
  if (!slow) return
  context.beginPath()
  context.arc(x, y, RADIUS + 2.5, 0, CIRCLE)
  context.strokeStyle = inks.slow
  context.stroke()
}
