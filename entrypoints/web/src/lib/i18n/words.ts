import { type Language, useLanguage } from './language'

type Same<T> = {
  [K in keyof T]: T[K] extends string ? string : T[K] extends (...given: never[]) => string ? T[K] : Same<T[K]>
}

/** The strings of a part of the page that is loaded only when it is looked at: the same keys in every language. */
export const words = <T extends object>(en: T, de: Same<T>): Record<Language, Same<T>> => ({ en: en as Same<T>, de })

export const useWords = <T>(all: Record<Language, T>): T => all[useLanguage()]
