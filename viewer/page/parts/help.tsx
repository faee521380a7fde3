/**
 * Every key, in a window of its own.
 */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.js'

const KEYS = {
  Everywhere: [
    ['1 2 3 4', 'traces, map, endpoints, insights'],
    ['/', 'search'],
    ['t', 'light, dark, as the system has it'],
    ['?', 'this help'],
  ],
  'List of traces': [
    ['j k ↓ ↑', 'next, previous trace'],
    ['Enter', 'open it'],
    ['x', 'choose it for a comparison'],
    ['p', 'pause, go on'],
    ['Esc', 'clear the selection of the plot'],
  ],
  Trace: [
    ['↓ ↑ j k', 'next, previous span'],
    ['← →', 'fold, unfold; to the parent, to the first child'],
    ['Home End', 'first, last span'],
    ['[ ]', 'fold all, unfold all'],
    ['+ − 0', 'zoom in, out, whole trace'],
    ['z', 'zoom to the span'],
    ['a d', 'earlier, later'],
    ['c', 'critical path'],
    ['n N', 'next, previous match'],
    ['w f s', 'waterfall, flame graph, statistics'],
    ['Esc', 'close the details, then back to the list'],
  ],
} as const

export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
    >
      <header>
        <h2 id="help-title">Keys</h2>
        <button type="button" class="button is-quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-columns">
        {Object.entries(KEYS).map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  )
}
