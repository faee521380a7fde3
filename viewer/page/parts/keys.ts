/**
 * Keys of the page, which leave those alone that are typed into a field or meant for the browser.
 */
import { useLayoutEffect, useRef } from 'preact/hooks'

/** By `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, (() => void) | undefined>>

const FIELDS = 'input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog'

/** Listens while the component is there. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  // At once: who sees the page may type.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return
      // Enter and space are a button's or a link's own.
      const isOwn = event.key === 'Enter' || event.key === ' '
      if (isOwn && event.target instanceof Element && event.target.closest('a, button, summary') !== null) return
      const act = latest.current[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}
