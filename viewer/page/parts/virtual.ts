/**
 * Long lists: only the rows that can be seen are in the page.
 */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useLayoutEffect, useReducer, useState } from 'preact/hooks'

type Rows = Virtualizer<HTMLElement, HTMLElement>

export interface Virtual {
  readonly items: readonly VirtualItem[]
  /** Pixels of the whole list. */
  readonly height: number
  readonly scrollTo: (index: number) => void
}

const OVERSCAN = 12

/**
 * @param scroller what scrolls
 * @param size of a row, in pixels; all rows have the same
 */
export function useVirtual(scroller: RefObject<HTMLElement | null>, count: number, size: number): Virtual {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    overscan: OVERSCAN,
    scrollToFn: elementScroll<HTMLElement>,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  }
  const [rows] = useState<Rows>(() => new Virtualizer(options))
  rows.setOptions(options)
  useLayoutEffect(() => rows._didMount(), [])
  useLayoutEffect(() => rows._willUpdate())
  return {
    items: rows.getVirtualItems(),
    height: rows.getTotalSize(),
    scrollTo: (index) => rows.scrollToIndex(index, { align: 'auto' }),
  }
}
