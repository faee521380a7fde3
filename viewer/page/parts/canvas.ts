/**
 * Drawings that follow their element's size and the screen's density.
 */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface Size {
  readonly width: number
  readonly height: number
}

const NOTHING: Size = { width: 0, height: 0 }

/** The size of an element, as it changes. */
export function useSize(element: RefObject<Element | null>): Size {
  const [size, setSize] = useState(NOTHING)
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return
    const measure = (): void => {
      const { width, height } = current.getBoundingClientRect()
      setSize((last) => (last.width === width && last.height === height ? last : { width, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return size
}

/** Draws at every change of `reasons`, in CSS pixels. */
export function useDrawing(
  draw: (context: CanvasRenderingContext2D, size: Size) => void,
  reasons: readonly unknown[],
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null)
  const size = useSize(canvas)
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (canvas.current === null || !context || size.width === 0) return
    const density = window.devicePixelRatio
    canvas.current.width = Math.round(size.width * density)
    canvas.current.height = Math.round(size.height * density)
    context.scale(density, density)
    draw(context, size)
  }, [...reasons, size])
  return canvas
}
