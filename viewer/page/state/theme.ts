/**
 * Light or dark: as the system has it, unless chosen.
 */
import { computed, effect, signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'pretrace.theme'
const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(system.matches)
system.addEventListener('change', ({ matches }) => (systemIsDark.value = matches))

export const theme = signal<Theme>(THEMES.find((name) => name === document.documentElement.dataset['theme']) ?? 'auto')
export const isDark = computed(() => (theme.value === 'auto' ? systemIsDark.value : theme.value === 'dark'))

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
})

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto'
  try {
    localStorage.setItem(KEY, theme.value)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}
