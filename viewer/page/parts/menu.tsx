/**
 * A button with choices below it.
 */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icons.js'

export interface Choice {
  readonly label: string
  /** What it is good for, in a few words. */
  readonly hint?: string
  readonly choose: () => void
}

interface Props {
  readonly label: string
  readonly icon: IconName
  readonly choices: readonly Choice[]
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

export function Menu({ label, icon, choices }: Props): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const whole = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isOpen) return
    whole.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
    const close = ({ target }: Event): void => {
      if (!whole.current?.contains(target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [isOpen])
  const leave = (): void => {
    setOpen(false)
    whole.current?.querySelector('button')?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isOpen) return
    event.stopPropagation()
    if (event.key === 'Escape') leave()
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    const items = [...(whole.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = items.indexOf(document.activeElement as HTMLElement)
    items.at((at + step) % items.length)?.focus()
  }
  return (
    <div class="menu" ref={whole} onKeyDown={onKeyDown}>
      <button type="button" class="button" aria-haspopup="menu" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={icon} />
        <span class="wide-only">{label}</span>
        <Icon name="down" size={12} />
      </button>
      {isOpen && (
        <div class="menu-list" role="menu" aria-label={label}>
          {choices.map(({ label, hint, choose }) => (
            <button
              type="button"
              role="menuitem"
              key={label}
              onClick={() => {
                leave()
                choose()
              }}
            >
              {label}
              {hint !== undefined && <small>{hint}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
