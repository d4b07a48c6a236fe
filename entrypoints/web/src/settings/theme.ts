import { keep, kept, whenKept } from '../lib/storage'

export type Theme = 'system' | 'light' | 'dark'
const CHOSEN = 'theme' // build/theme-first.js reads it before the first paint

export const theme = (): Theme => kept<Theme>(CHOSEN, 'system')
export const chooseTheme = (which: Theme): void => keep(CHOSEN, which === 'system' ? null : which)
export const whenThemeChanges = (changed: () => void): (() => void) => whenKept(CHOSEN, changed)

/** Show what is chosen, in this tab and when another chooses. */
export function applyTheme(): void {
  const chosen = theme()
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}

whenThemeChanges(applyTheme)
