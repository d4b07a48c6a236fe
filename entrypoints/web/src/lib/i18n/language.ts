import { useSyncExternalStore } from 'react'
import { keep, kept, whenKept } from '../storage'
import { type Catalogue, en } from './en'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES
const CHOSEN = 'language'

let catalogue: Catalogue = en
let current: Language = 'en'
const listeners = new Set<() => void>()

/** The strings in the language that was chosen, or in the first of the browser's that we speak. */
export function useText(): Catalogue {
  return useSyncExternalStore(subscribe, text)
}

/** The same, outside of components. */
export const text = (): Catalogue => catalogue

/** The language, outside of components. */
export const language = (): Language => current

export const useLanguage = (): Language => useSyncExternalStore(subscribe, language)

export const chooseLanguage = (which: Language): void => keep(CHOSEN, which)

/** Before the first render, and whenever another is chosen. */
export async function loadLanguage(): Promise<void> {
  const wanted = [kept<string>(CHOSEN, ''), ...navigator.languages].map((tag) => tag.slice(0, 2))
  current = wanted.find((tag): tag is Language => tag in LANGUAGES) ?? 'en'
  catalogue = current === 'de' ? (await import('./de')).de : en
  document.documentElement.lang = current
  for (const listener of listeners) listener()
}

whenKept(CHOSEN, () => void loadLanguage())

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
